import json
import math
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.drift.baseline import baseline
from jobs.drift.categorical_profile import MOST_VALUES, CategoricalProfile
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import profile_from_json, profile_of

EDGES = (0.0, 1.5)
NUMBERS = st.lists(st.none() | st.floats(-1e6, 1e6) | st.just(math.nan), max_size=30)
WORDS = st.lists(st.none() | st.sampled_from("abcde"), max_size=30)


def test_numbers_are_counted_in_bins_that_hold_their_upper_edge():
    profile = NumericalProfile.of(
        pa.array([-1.0, 0.0, 1.0, 1.5, 2.0, None, math.nan, math.inf]), EDGES
    )
    assert (profile.counts, profile.missing) == ((2, 2, 1), 3)
    assert (profile.least, profile.greatest) == (-1.0, 2.0)
    assert profile.mean == pytest.approx(0.7)
    assert profile.std == pytest.approx(np.std([-1, 0, 1, 1.5, 2]))


@given(NUMBERS, NUMBERS)
def test_profiles_of_two_parts_add_up_to_the_profile_of_the_whole(one, other):
    def of(values):
        return NumericalProfile.of(pa.array(values, pa.float64()), EDGES)

    whole, added = of([*one, *other]), of(one) + of(other)
    assert (added.counts, added.missing) == (whole.counts, whole.missing)
    assert (added.least, added.greatest) == (whole.least, whole.greatest)
    assert added.mean == pytest.approx(whole.mean, abs=1e-6)
    assert added.std == pytest.approx(whole.std, abs=1e-3)


@given(WORDS, WORDS, st.sampled_from([None, ["b", "a"]]))
def test_categories_of_two_parts_add_up_exactly(one, other, known):
    def of(values):
        return CategoricalProfile.of(pa.array(values, pa.string()), known)

    whole, added = of([*one, *other]), of(one) + of(other)
    assert (added.missing, dict(added.values), added.other) == (
        whole.missing,
        dict(whole.values),
        whole.other,
    )


def test_of_many_values_the_most_frequent_are_told_apart():
    profile = CategoricalProfile.of(pa.array(["a", "a", *map(str, range(MOST_VALUES))]))
    assert (len(profile.values), profile.other) == (MOST_VALUES, 1)
    more = profile + CategoricalProfile.of(pa.array(["b", "b"]))
    assert (len(more.values), more.other, more.values["b"]) == (MOST_VALUES, 2, 2)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 2, None]),
        pa.array([None], pa.float64()),
        pa.array([date(2026, 1, 1), None]),
        pa.array(["x", None, "y"]),
        pa.array([True, False, None]),
    ],
)
def test_a_profile_survives_being_written_down(column):
    profile = profile_of(column)
    assert profile_from_json(json.loads(json.dumps(profile.to_json()))) == profile


def test_a_baseline_has_bins_of_about_equal_share():
    column = pa.array(np.random.default_rng(7).lognormal(size=10_000))
    told = baseline(pa.table({"x": column, "y": pa.array(["a"] * 10_000)}))
    assert told["rows"] == 10_000
    assert told["features"]["x"]["counts"] == [1000] * 10
    assert told["features"]["y"] == {"missing": 0, "values": {"a": 10_000}, "other": 0}


def test_rows_are_profiled_over_the_bins_of_the_baseline():
    before = profile_from_json(baseline(pa.table({"x": [1, 1, 2, 3, 3, 3]}))["features"]["x"])
    now = profile_of(pa.array([3.0, 4.0, None]), before)
    assert now.edges == before.edges
    assert now.counts[-1] == 1
