"""Golden rows: written, read, and compared bit for bit."""

import datetime as dt
import json
import math
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.dataframes.arrow_types import ARROW_TYPES
from jobs.models.golden_rows import KEY, MOST_ROWS, GoldenRows, compare_answers
from shared.errors import InvalidArgument

UTC = dt.UTC
VALUES = {
    "BOOLEAN": st.booleans(),
    "DATE": st.dates(),
    "DATETIME": st.datetimes(),
    "FLOAT": st.floats(allow_nan=False, allow_infinity=False),
    "INTEGER": st.integers(-(2**63), 2**63 - 1),
    "NUMERIC": st.decimals(-(10**20), 10**20, places=9),
    "STRING": st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    "TIMESTAMP": st.datetimes(timezones=st.just(UTC)),
}
GOLDEN = {
    "types": {"Age": "FLOAT", "Sex": "STRING"},
    "rows": {"Age": [22, None], "Sex": ["male", None]},
    "predictions": [[0, 1]],
    "probabilities": [[0.25, 0.75]],
}


def read(**changes):
    return GoldenRows.from_metadata({KEY: GOLDEN | changes})


def test_metadata_without_golden_rows_has_none():
    assert GoldenRows.from_metadata({}) is None
    assert GoldenRows.from_metadata({KEY: None}) is None


def test_golden_rows_are_read_as_documented():
    golden = read()
    assert golden.rows.to_pylist() == [{"Age": 22.0, "Sex": "male"}, {"Age": None, "Sex": None}]
    assert golden.rows.schema.types == [pa.float64(), pa.string()]
    assert (golden.predictions, golden.probabilities) == (((0, 1),), ((0.25, 0.75),))
    assert read(probabilities=None).probabilities == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"types": {"Age": "FLOAT"}},
        {"types": {"Age": "FLOAT", "Sex": "GEOGRAPHY"}},
        {"types": None},
        {"rows": {"Age": [22, None], "Sex": ["male"]}},
        {"rows": {"Age": ["x", None], "Sex": ["m", "f"]}},
        {"rows": {"Age": [{}, []], "Sex": ["m", "f"]}},
        {"rows": {}},
        {"rows": [1]},
        {"predictions": [[0]]},
        {"predictions": []},
        {"predictions": [1]},
        {"predictions": None},
        {"probabilities": [[0.5]]},
        {"probabilities": [[0.5, 0.5], [0.5, 0.5]]},
        {"types": {"x": "NUMERIC"}, "rows": {"x": ["much", None]}},
        *(
            {"types": {"x": "NUMERIC"}, "rows": {"x": [number, None]}}
            for number in ("1e-10", "1e-1000", "1e-999999999", "0e-99999", "1e29", "NaN", "-Inf")
        ),
        {"types": {"x": "DATE"}, "rows": {"x": ["yesterday", None]}},
        {"types": {"x": "INTEGER"}, "rows": {"x": [2**64, 1]}},
        {
            "types": {"x": "FLOAT"},
            "rows": {"x": [1.0] * (MOST_ROWS + 1)},
            "predictions": [[1] * (MOST_ROWS + 1)],
            "probabilities": None,
        },
    ],
    ids=lambda changes: str(changes)[:50],
)
def test_golden_rows_of_another_form_are_an_error_that_says_what_to_do(changes):
    with pytest.raises(InvalidArgument, match=r"cannot be read: .*publish writes them") as caught:
        read(**changes)
    assert caught.value.reason == "INVALID_GOLDEN_ROWS"


@pytest.mark.parametrize("content", [[1], "text", 3])
def test_golden_rows_that_are_no_object_are_an_error(content):
    with pytest.raises(InvalidArgument, match="cannot be read"):
        GoldenRows.from_metadata({KEY: content})


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_rows_of_every_type_survive_json_bit_for_bit(kind, data):
    values = data.draw(st.lists(st.none() | VALUES[kind], min_size=1, max_size=5))
    rows = pa.RecordBatch.from_pydict({"x": pa.array(values, ARROW_TYPES[kind])})
    golden = GoldenRows(rows, (tuple(range(len(values))),))
    content = json.loads(json.dumps({KEY: golden.to_json({"x": kind})}, allow_nan=False))
    assert GoldenRows.from_metadata(content) == golden


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_answers_survive_json_bit_for_bit(numbers):
    rows = pa.RecordBatch.from_pydict({"x": [1.0] * len(numbers)})
    golden = GoldenRows(rows, (tuple(numbers),), (tuple(numbers),))
    content = json.loads(json.dumps({KEY: golden.to_json({"x": "FLOAT"})}))
    again = GoldenRows.from_metadata(content)
    assert [each.hex() for each in again.predictions[0]] == [each.hex() for each in numbers]
    assert compare_answers(again, [pa.array(numbers, pa.float64())] * 2).is_exact


def golden(*outputs, probabilities=()):
    rows = pa.RecordBatch.from_pydict({"x": [0.0] * len(outputs[0])})
    return GoldenRows(rows, tuple(map(tuple, outputs)), tuple(map(tuple, probabilities)))


def compared(expected, *columns):
    return compare_answers(expected, [pa.array(each) for each in columns])


def test_equal_answers_are_exact():
    found = compared(golden([1, 2], probabilities=[[0.5, 0.25]]), [1, 2], [0.5, 0.25])
    assert (found.is_exact, found.is_rounding, found.sentence) == (True, True, "")


def test_each_output_is_followed_by_its_probabilities():
    two = golden([0, 1], [5, 6], probabilities=[[0.1, 0.2], [0.3, 0.4]])
    assert compared(two, [0, 1], [0.1, 0.2], [5, 6], [0.3, 0.4]).is_exact
    assert not compared(two, [0, 1], [5, 6], [0.1, 0.2], [0.3, 0.4]).is_exact


def test_the_last_bit_is_rounding():
    found = compared(golden([1.0, 2.0]), [1.0, np.nextafter(2.0, 3.0)])
    assert (found.is_exact, found.is_rounding) == (False, True)
    assert found.sentence.startswith("1 answer differs; the largest difference is in row 2: ")


@pytest.mark.parametrize(
    ("expected", "found", "is_rounding"),
    [
        (1.0, 1.000_009, True),
        (1.0, 1.000_02, False),
        (0.0, 1e-9, True),
        (0.0, 1e-7, False),
        (1, 2, False),
        ("a", "b", False),
        (1.0, None, False),
        (None, 1.0, False),
        (1.0, math.inf, False),
        (1.0, "1.0", False),
    ],
)
def test_what_rounding_explains_is_bounded(expected, found, is_rounding):
    result = compared(golden([expected]), [found])
    assert (result.is_exact, result.is_rounding) == (False, is_rounding)


@pytest.mark.parametrize(
    ("expected", "found"),
    [(None, None), (None, math.nan), (None, math.inf), (1, 1.0), (True, True), ("ü", "ü")],
)
def test_what_json_cannot_tell_apart_is_the_same(expected, found):
    assert compared(golden([expected]), [found]).is_exact


def test_one_label_that_differs_is_no_rounding_whatever_the_others_do():
    found = compared(golden([0, 1], probabilities=[[0.5, 0.5]]), [0, 0], [0.5, 0.500_000_1])
    assert not found.is_rounding
    assert found.sentence.startswith("2 answers differ; the largest difference is in row 2: 0 ")


def test_another_number_of_columns_is_told():
    found = compared(golden([0]), [0], [0.5])
    assert not found.is_rounding
    assert found.sentence == "it answers 2 columns where its author got 1"


def test_long_texts_are_cut_in_the_sentence():
    assert len(compared(golden(["x" * 500]), ["y" * 500]).sentence) < 250


def test_decimals_are_written_as_texts():
    rows = pa.RecordBatch.from_pydict({"x": pa.array([Decimal("1.5")], pa.decimal128(38, 9))})
    content = GoldenRows(rows, ((1,),)).to_json({"x": "NUMERIC"})
    assert content["rows"] == {"x": ["1.500000000"]}
    assert "probabilities" not in content
