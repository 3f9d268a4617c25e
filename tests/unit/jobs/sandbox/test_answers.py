import struct

import pyarrow as pa
import pytest

from jobs.sandbox.answers import Budget, answer_limit, is_answerable, predicted_columns, rejoined
from runtimes.model_process.columns import ColumnError, encoded

LABELS, PROBABILITIES = pa.array(["yes", "no"]), pa.array([0.25, None])


def answer(*columns, count=None):
    count = len(columns) if count is None else count
    return struct.pack(">Q", count) + b"".join(bytes(part) for part in encoded(columns))


def test_each_output_is_followed_by_its_probabilities():
    columns = [LABELS, PROBABILITIES, pa.array([1, 2]), pa.array([0.5, 1.0])]
    assert predicted_columns(answer(*columns), 2, has_probabilities=True) == columns


def test_outputs_alone_may_have_any_type():
    columns = [LABELS, pa.array([1, 2]), pa.array([True, None])]
    assert predicted_columns(answer(*columns), 2, has_probabilities=False) == columns


@pytest.mark.parametrize(
    ("body", "has_probabilities"),
    [
        (b"", False),
        (b"\0" * 7, False),
        (answer(count=0), False),
        (answer(LABELS), True),
        (answer(LABELS, PROBABILITIES, LABELS), True),
        (answer(PROBABILITIES, LABELS), True),
        (answer(LABELS, count=10_001), False),
        (answer(LABELS, count=2**64 - 1), False),
    ],
)
def test_other_numbers_and_kinds_of_columns_are_an_error(body, has_probabilities):
    with pytest.raises(ColumnError):
        predicted_columns(body, 2, has_probabilities=has_probabilities)


def test_the_limit_follows_the_rows_and_not_the_model():
    assert answer_limit(1) < 2 << 20
    assert answer_limit(98_304) == answer_limit(10**9) == 32 << 20


def test_as_many_outputs_are_asked_at_a_time_as_an_answer_may_have():
    assert is_answerable(98_304, 1)
    assert is_answerable(98_304, 15)
    assert not is_answerable(98_304, 100)
    assert is_answerable(1, 10_000)


def test_parts_are_rejoined_in_their_order():
    (joined,) = rejoined([[pa.array([1, 2])], [pa.array([3])]])
    assert joined.to_pylist() == [1, 2, 3]


@pytest.mark.parametrize(
    "parts",
    [
        [[pa.array([1])], [pa.array([1.5])]],
        [[pa.array([1])], [pa.array(["a"])]],
        [[pa.array([1])], []],
        [[pa.array([1])], [pa.array([1]), pa.array([1])]],
    ],
)
def test_parts_of_different_columns_are_an_error(parts):
    with pytest.raises(ColumnError):
        rejoined(parts)


def test_the_parts_of_a_batch_share_what_they_may_take():
    budget = Budget(600, 1)
    assert budget.limit(1) == answer_limit(1)
    budget.left = 10
    assert budget.limit(600) == 10


@pytest.mark.parametrize("outputs", [1, 100, 10_000])
def test_a_batch_of_numbers_is_within_its_budget(outputs):
    rows = 1000
    assert Budget(rows, outputs).left >= rows * outputs * 18
    assert Budget(10**6, outputs).left == 512 << 20
