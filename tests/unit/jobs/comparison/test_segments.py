from jobs.comparison.segments import Segment, worst_segments
from jobs.comparison.tally import Tally
from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.input_profile import InputProfile
from jobs.drift.numerical_profile import NumericalProfile
from tests.unit.jobs.comparison.pairs import classifiers


def tally_of(profiles, disagreeing, *, rows=200, agreeing=160):
    tally = Tally(classifiers(), {}, rows=rows, agreeing=agreeing)
    tally.profile = InputProfile(rows, rows, profiles)
    tally.disagreeing_profile = InputProfile(rows - agreeing, rows - agreeing, disagreeing)
    return tally


def numbers(missing, *counts):
    return NumericalProfile(missing, (16.0, 30.5), counts)


def test_the_segment_with_the_highest_share_is_first():
    tally = tally_of({"age": numbers(40, 50, 60, 50)}, {"age": numbers(20, 5, 15, 0)})
    assert worst_segments(tally) == [
        Segment("age", "is missing", 40, 20),
        Segment("age", "above 16 to 30.5", 60, 15),
    ]


def test_a_segment_of_few_rows_and_one_below_the_overall_share_are_left_out():
    tally = tally_of({"age": numbers(29, 100, 71, 0)}, {"age": numbers(29, 11, 0, 0)})
    assert worst_segments(tally) == []


def test_values_of_a_category_are_matched_by_name_not_by_order():
    tally = tally_of(
        {"sex": CategoricalProfile(0, {"m": 120, "f": 80})},
        {"sex": CategoricalProfile(0, {"f": 30, "m": 10})},
    )
    assert worst_segments(tally) == [Segment("sex", "= f", 80, 30)]


def test_a_category_without_disagreement_has_no_count():
    tally = tally_of(
        {"sex": CategoricalProfile(0, {"m": 120, "f": 80})},
        {"sex": CategoricalProfile(0, {"f": 40})},
    )
    assert worst_segments(tally) == [Segment("sex", "= f", 80, 40)]


def test_at_most_five_segments_are_reported():
    names = [f"c{number}" for number in range(8)]
    profiles = {name: CategoricalProfile(0, {"a": 100, "b": 100}) for name in names}
    disagreeing = {name: CategoricalProfile(0, {"a": 40}) for name in names}
    assert [each.feature for each in worst_segments(tally_of(profiles, disagreeing))] == names[:5]


def test_without_rows_there_are_no_segments():
    assert worst_segments(Tally(classifiers(), {})) == []


def test_a_segment_is_written_with_its_share():
    assert str(Segment("age", "up to 16", 1_000, 250)) == "age up to 16: 25.0% of 1,000"
