import json
import math
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import (
    baseline_from_metadata,
    profile_from_json,
    profile_of,
    training_baseline,
)

EDGES = (0.0, 1.5)
NUMBERS = st.lists(st.none() | st.floats(-1e6, 1e6) | st.just(math.nan), max_size=30)


def test_numbers_are_counted_in_bins_that_hold_their_upper_edge():
    profile = NumericalProfile.of(
        pa.array([-1.0, 0.0, 1.0, 1.5, 2.0, None, math.nan, math.inf]), EDGES
    )
    assert (profile.counts, profile.missing) == ((2, 2, 1), 3)
    assert (profile.minimum, profile.maximum) == (-1.0, 2.0)
    assert profile.mean == pytest.approx(0.7)
    assert profile.std == pytest.approx(np.std([-1, 0, 1, 1.5, 2]))


@given(NUMBERS, NUMBERS)
def test_profiles_of_two_parts_add_up_to_the_profile_of_the_whole(one, other):
    def of(values):
        return NumericalProfile.of(pa.array(values, pa.float64()), EDGES)

    whole, added = of([*one, *other]), of(one) + of(other)
    assert (added.counts, added.missing) == (whole.counts, whole.missing)
    assert (added.minimum, added.maximum) == (whole.minimum, whole.maximum)
    assert added.mean == pytest.approx(whole.mean, abs=1e-6)
    assert added.std == pytest.approx(whole.std, abs=1e-3)


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
    found = training_baseline(pa.table({"x": column, "y": pa.array(["a"] * 10_000)}))
    assert found["rows"] == 10_000
    assert found["features"]["x"]["counts"] == [1000] * 10
    assert found["features"]["y"] == {"missing": 0, "values": {"a": 10_000}, "other": 0}


def test_rows_are_profiled_over_the_bins_of_the_baseline():
    before = profile_from_json(
        training_baseline(pa.table({"x": [1, 1, 2, 3, 3, 3]}))["features"]["x"]
    )
    now = profile_of(pa.array([3.0, 4.0, None]), before)
    assert now.edges == before.edges
    assert now.counts[-1] == 1


@pytest.mark.parametrize("column", [pa.array([[1]]), pa.array([{"a": 1}]), pa.array([b"x"])])
def test_lists_structs_and_bytes_have_no_profile(column):
    assert profile_of(column) is None


def test_a_column_of_another_class_than_its_baseline_gets_a_profile_of_its_own_class():
    numerical = profile_of(pa.array([1.0, 2.0]))
    assert isinstance(profile_of(pa.array(["a"]), numerical), CategoricalProfile)


@pytest.mark.parametrize("count", ["1", None, -1, 2**63, 1.5, [1], {}])
def test_counts_that_are_none_are_no_profile(count):
    valid = {"missing": 0, "values": {"a": 1, "b": 2}, "other": 0}
    changes = ({"missing": count}, {"other": count}, {"values": {"a": 1, "b": count}})
    features = {str(place): valid | each for place, each in enumerate(changes)}
    assert baseline_from_metadata({"baseline": {"features": features}}) == {}


def test_an_invalid_baseline_is_left_out_and_logged(caplog):
    valid = {"missing": 0, "values": {"a": 1}, "other": 0}
    features = {"x": {"edges": 3}, "y": valid, "z": None}
    assert list(baseline_from_metadata({"baseline": {"features": features}})) == ["y"]
    assert "the baseline of x in metadata.json is no profile" in caplog.text
    for metadata in ({}, {"baseline": 3}, {"baseline": {"features": []}}):
        assert baseline_from_metadata(metadata) == {}
