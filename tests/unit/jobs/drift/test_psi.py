import math

import numpy as np
import pyarrow as pa
import pytest

from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.input_profile import InputProfile
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import baseline_from_metadata, profile_of, training_baseline
from jobs.drift.psi import critical_psi, drift, drift_warning, psi


def baseline_of(**columns):
    return baseline_from_metadata({"baseline": training_baseline(pa.table(columns))})


def found(expected, **columns):
    profiles = {n: profile_of(pa.array(each), expected.get(n)) for n, each in columns.items()}
    rows = len(next(iter(columns.values())))
    return drift(expected, InputProfile(rows, rows, profiles))


def test_the_index_is_that_of_the_formula():
    before = CategoricalProfile(0, {"a": 50, "b": 50})
    now = CategoricalProfile(0, {"a": 80, "b": 20})
    index = 0.3 * math.log(0.8 / 0.5) - 0.3 * math.log(0.2 / 0.5)
    assert psi(before, now) == pytest.approx(index)
    assert psi(before, before) == 0


def test_an_empty_bin_does_not_make_the_index_infinite():
    before = NumericalProfile(0, (1.0,), (100, 0))
    now = NumericalProfile(0, (1.0,), (0, 100))
    assert 10 < psi(before, now) < 20


def test_the_critical_value_is_that_of_the_chi_squared_distribution():
    before = CategoricalProfile(0, {"a": 500, "b": 500})
    now = CategoricalProfile(0, {"a": 50, "b": 50})
    # χ² with one degree of freedom exceeds 3.841 with a probability of 5 %.
    expected = 3.841 * (1 / 1000 + 1 / 100)
    assert critical_psi(before, now, significance=0.05) == pytest.approx(expected, rel=1e-3)


def test_values_that_are_missing_are_drift():
    drifted = found(baseline_of(x=np.arange(1000.0)), x=[1.0, 500.0, None, None] * 200)
    assert drifted["drifted"] == ["x"]
    assert drift_warning(drifted).startswith(
        "the input has drifted from the training rows: x (PSI "
    )


@pytest.mark.parametrize("rows", [20, 200, 20_000])
def test_rows_of_the_same_kind_have_not_drifted_however_few_they_are(rows):
    generator = np.random.default_rng(rows)
    expected = baseline_of(x=generator.normal(size=5_000), y=generator.choice(list("abc"), 5_000))
    for _ in range(50):
        one = found(
            expected, x=generator.normal(size=rows), y=generator.choice(list("abc"), rows).tolist()
        )
        assert one["drifted"] == []


def test_a_shift_by_a_standard_deviation_is_drift():
    generator = np.random.default_rng(3)
    drifted = found(baseline_of(x=generator.normal(size=5_000)), x=generator.normal(1, size=500))
    assert drifted["drifted"] == ["x"]


@pytest.mark.parametrize("now", [["a", "b"], [None, None]])
def test_a_column_of_another_kind_is_not_compared(now):
    assert found(baseline_of(x=[1.0, 2.0]), x=now) is None


def test_no_rows_have_no_drift():
    assert found(baseline_of(x=[1.0, 2.0]), x=pa.array([], pa.float64())) is None
