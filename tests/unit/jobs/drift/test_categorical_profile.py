import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.drift.categorical_profile import MOST_VALUES, CategoricalProfile

WORDS = st.lists(st.none() | st.sampled_from("abcde"), max_size=30)


def profile(values, counted=None, kind=None):
    return CategoricalProfile.of(pa.array(values, kind or pa.string()), counted)


def test_values_are_ordered_by_count_then_by_name():
    found = profile(["b", "c", "c", "a", None])
    assert list(found.values.items()) == [("c", 2), ("a", 1), ("b", 1)]
    assert (found.missing, found.other) == (1, 0)


def test_given_values_keep_their_order_and_the_others_are_counted_together():
    found = profile(["a", "b", "c", "c", None], ["x", "b"])
    assert list(found.values.items()) == [("x", 0), ("b", 1)]
    assert (found.other, found.missing) == (3, 1)
    assert found.bin_counts == (0, 1, 3, 1)


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        (pa.bool_(), [True, False, True], ["true", "false"]),
        (pa.large_string(), ["b", "b", "a"], ["b", "a"]),
    ],
    ids=str,
)
def test_other_types_are_counted_by_their_text(kind, values, names):
    assert list(profile(values, kind=kind).values) == names


@given(WORDS, WORDS, st.sampled_from([None, ["b", "a"]]))
def test_profiles_of_two_parts_add_up_exactly_to_the_profile_of_the_whole(one, other, counted):
    whole, added = profile([*one, *other], counted), profile(one, counted) + profile(other, counted)
    assert (added.missing, dict(added.values), added.other) == (
        whole.missing,
        dict(whole.values),
        whole.other,
    )


def test_the_most_frequent_of_many_values_are_kept():
    many = profile(["a", "a", *map(str, range(MOST_VALUES))])
    assert (len(many.values), many.other) == (MOST_VALUES, 1)
    more = many + profile(["b", "b"])
    assert (len(more.values), more.other, more.values["b"]) == (MOST_VALUES, 2, 2)


def test_a_profile_survives_json():
    found = profile(["a", "b", "a", None])
    assert CategoricalProfile.from_json(json.loads(json.dumps(found.to_json()))) == found
