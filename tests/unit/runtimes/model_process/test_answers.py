import struct

import pytest

from runtimes.model_process.answers import answer_parts
from runtimes.model_process.columns import decoded
from runtimes.model_process.errors import ModelError
from runtimes.model_process.predictions import Predictions

COUNT = struct.Struct(">Q")


@pytest.mark.parametrize(
    ("values", "probabilities", "expected"),
    [
        ([1, 2], None, [[1, 2]]),
        ([0.5, float("nan")], None, [[0.5, None]]),
        (["a", None], [0.5, 0.25], [["a", None], [0.5, 0.25]]),
        ([True, False], [1, 0], [[True, False], [1.0, 0.0]]),
    ],
    ids=str,
)
def test_an_answer_has_a_column_for_values_and_one_for_probabilities(
    values, probabilities, expected
):
    answer = b"".join(answer_parts([Predictions(values, probabilities)]))
    (count,) = COUNT.unpack_from(answer)
    columns = decoded(answer[COUNT.size :], 2, count)
    assert [each.to_pylist() for each in columns] == expected


@pytest.mark.parametrize(
    "values", [[1j], [object()], [[1], "a"], [1, "a"]], ids=["complex", "object", "list", "mixed"]
)
def test_values_that_no_column_can_hold_are_an_error(values):
    with pytest.raises(ModelError, match="values that no column can hold") as caught:
        answer_parts([Predictions(values, None)])
    assert caught.value.reason == "UNEXPECTED_VALUES"


def test_an_answer_that_is_longer_than_it_may_be_is_an_error():
    outputs = [Predictions(["x" * 1_000] * 10, None)]
    assert len(b"".join(answer_parts(outputs, 20_000))) > 10_000
    with pytest.raises(ModelError, match="larger than it may be") as caught:
        answer_parts(outputs, 5_000)
    assert caught.value.reason == "ANSWER_TOO_LARGE"
