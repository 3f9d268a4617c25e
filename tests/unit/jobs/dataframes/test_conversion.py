from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from jobs.dataframes.conversion import array_of, inferred_type
from shared.errors import InvalidArgument


def series(values, dtype=None):
    return pd.Series(values, name="x", dtype=dtype)


@pytest.mark.parametrize(
    ("values", "wanted", "expected"),
    [
        ([1, 2], pa.float64(), [1.0, 2.0]),
        ([1.0, None], pa.int64(), [1, None]),
        ([1], pa.decimal128(38, 9), [Decimal(1)]),
        ([Decimal("1.5")], pa.decimal256(76, 38), [Decimal("1.5")]),
        (pd.to_datetime(["2026-01-31"]), pa.date32(), [date(2026, 1, 31)]),
        ([None, None], pa.string(), [None, None]),
        ([[1], None], pa.list_(pa.int64()), [[1], None]),
        (pd.Categorical(["a", "b"]), pa.string(), ["a", "b"]),
    ],
    ids=str,
)
def test_values_are_converted_where_none_of_them_changes(values, wanted, expected):
    array = array_of(series(values), wanted)
    assert array.type == wanted
    assert array.to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "wanted", "row", "advice"),
    [
        ([1.0, 2.5], pa.int64(), 1, "df['x'].round() fractions"),
        (["1"], pa.float64(), 0, "pd.to_numeric(df['x']) converts texts"),
        (["a", 1], pa.string(), 1, "df['x'].astype('str') makes texts"),
        ([True, 1], pa.bool_(), 1, "df['x'].map({0: False, 1: True})"),
        (pd.to_datetime(["2026-01-31 09:00"]), pa.date32(), 0, "makes days"),
        ([1], pa.struct([("a", pa.int64())]), 0, "correct it"),
    ],
    ids=str,
)
def test_the_first_value_of_another_type_is_named_with_advice(values, wanted, row, advice):
    with pytest.raises(InvalidArgument) as refusal:
        array_of(series(values, None if hasattr(values, "dtype") else object), wanted)
    text = str(refusal.value)
    assert f"df['x'].iloc[{row}] is " in text
    assert advice in text
    assert refusal.value.reason == "INVALID_COLUMN"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (series([1, 2], "int8"), pa.int64()),
        (series([1.5, None]), pa.float64()),
        (series([1, "a"], object), pa.int64()),
        (series(["a", 1], object), pa.string()),
        (series([[1], []]), pa.list_(pa.int64())),
        (series([{"a": "x"}]), pa.struct([("a", pa.string())])),
        (series(pd.to_datetime(["2026-01-31"])), pa.timestamp("us")),
    ],
    ids=lambda each: str(each) if isinstance(each, pa.DataType) else "",
)
def test_the_inferred_type_is_that_of_the_first_value(values, kind):
    assert inferred_type(values) == kind


def test_without_a_wanted_type_the_values_keep_their_own():
    assert array_of(series([date(2026, 1, 31)]), None).type == pa.date32()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([None], "column x holds no value"),
        (pd.to_timedelta(["1 day"]), "which BigQuery has no type for"),
    ],
    ids=["empty", "timedelta"],
)
def test_a_column_without_a_bigquery_type_is_refused(values, message):
    with pytest.raises(InvalidArgument, match=message):
        inferred_type(series(values))
