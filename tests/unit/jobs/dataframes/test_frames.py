from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from google.cloud.bigquery import SchemaField

from jobs.dataframes.frames import schema_of, to_frame, to_table
from shared.errors import InvalidArgument

UTC_MORNING = pd.Timestamp("2026-01-31 09:00", tz="UTC")


@pytest.mark.parametrize(
    ("kind", "values", "dtype"),
    [
        (pa.int64(), [1, 2**62 + 1], "int64"),
        (pa.int64(), [None, 2**62 + 1], "Int64"),
        (pa.bool_(), [True, False], "bool"),
        (pa.bool_(), [True, None], "boolean"),
        (pa.float64(), [0.1, None], "float64"),
        (pa.string(), ["ü", None], "str"),
        (pa.decimal128(38, 9), [Decimal("0.000000001"), None], "object"),
        (pa.date32(), [date(1, 1, 1), date(9999, 12, 31)], "datetime64[ms]"),
        (pa.timestamp("us"), [datetime(2026, 1, 31), None], "datetime64[us]"),  # noqa: DTZ001
        (pa.timestamp("us", "UTC"), [UTC_MORNING, None], "datetime64[us, UTC]"),
        (pa.time64("us"), [time(23, 59, 59, 999999), None], "object"),
        (pa.binary(), [b"\0", None], "object"),
        (pa.list_(pa.int64()), [[2**62 + 1, None], []], "object"),
        (pa.struct([("a", pa.int64())]), [{"a": 2**62 + 1}, {"a": None}], "object"),
    ],
    ids=str,
)
def test_a_column_comes_back_as_it_went(kind, values, dtype):
    table = pa.table({"before": [1, 2], "x": pa.array(values, kind), "after": ["a", "b"]})
    frame = to_frame(table)
    assert list(frame.columns) == ["before", "x", "after"]
    assert frame["x"].dtype == dtype
    again = to_table(frame, schema_of(table))
    assert again.schema.equals(table.schema)
    assert again.to_pylist() == table.to_pylist()


def test_an_empty_table_keeps_its_columns():
    frame = to_frame(
        pa.table({"x": pa.array([], pa.int64()), "s": pa.array([], pa.list_(pa.int64()))})
    )
    assert (frame.shape, list(frame.columns)) == ((0, 2), ["x", "s"])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pd.Series([1, 2], dtype="int8"), "INTEGER"),
        (pd.Series([1.5], dtype="float32"), "FLOAT"),
        (pd.Categorical(["a", "b"]), "STRING"),
        ([Decimal("1.5")], "NUMERIC"),
        ([Decimal("1e-20")], "BIGNUMERIC"),
        ([date(2026, 1, 31)], "DATE"),
        ([UTC_MORNING], "TIMESTAMP"),
        (pd.to_datetime(["2026-01-31"]), "DATETIME"),
        ([time(9)], "TIME"),
        ([b"x"], "BYTES"),
        ([True, None], "BOOLEAN"),
        ([1, 2.5], "FLOAT"),
    ],
    ids=str,
)
def test_a_new_column_has_the_type_of_its_values(values, kind):
    (field,) = schema_of(to_table(pd.DataFrame({"x": values})))
    assert (field.field_type, field.mode) == (kind, "NULLABLE")


def test_lists_and_records_become_repeated_and_nested_columns():
    table = to_table(pd.DataFrame({"l": [[1], []], "r": [{"a": "x"}, {"a": None}]}))
    repeated, record = schema_of(table)
    assert (repeated.field_type, repeated.mode) == ("INTEGER", "REPEATED")
    assert [(each.name, each.field_type) for each in record.fields] == [("a", "STRING")]


@pytest.mark.parametrize(
    ("kind", "values", "row"),
    [
        ("INTEGER", [1.0, 2.5, "x"], 1),
        ("INTEGER", [1.0, 2.5, 3.5], 1),
        ("INTEGER", ["1", "2"], 0),
        ("INTEGER", [True], 0),
        ("INTEGER", [1, 2**63], 1),
        ("FLOAT", [1, 2**53 + 1], 1),
        ("FLOAT", [0.5, None, "n/a"], 2),
        ("NUMERIC", [1.5], 0),
        ("NUMERIC", [Decimal(1), Decimal("1e-10")], 1),
        ("STRING", ["a", 1], 1),
        ("STRING", ["a", b"a"], 1),
        ("BOOLEAN", [1, 0], 0),
        ("DATE", pd.to_datetime(["2026-01-31 00:00", "2026-01-31 09:00"]), 1),
        ("DATE", ["2026-01-31"], 0),
        ("DATETIME", [UTC_MORNING], 0),
        ("TIMESTAMP", pd.to_datetime(["2026-01-31"]), 0),
        ("TIMESTAMP", [1_700_000_000], 0),
    ],
)
def test_the_first_value_of_another_type_is_named_with_its_column(kind, values, row):
    frame = pd.DataFrame({"before": 1, "x": values})
    with pytest.raises(InvalidArgument) as refusal:
        to_table(frame, [SchemaField("x", kind)])
    text = str(refusal.value)
    assert f"column x is {kind}, but df['x'].iloc[{row}] is " in text
    assert repr(frame["x"].iloc[row]) in text


def test_without_a_table_the_first_value_decides():
    with pytest.raises(
        InvalidArgument, match=r"column x is INTEGER, but df\['x'\].iloc\[2\] is 'n/a'"
    ):
        to_table(pd.DataFrame({"x": [1, None, "n/a"]}))


def test_the_first_mismatch_of_a_million_rows_is_found_quickly():
    values = pd.Series(np.arange(1_000_000, dtype=float))
    values[777_777] = 0.5
    with pytest.raises(InvalidArgument, match=r"iloc\[777777\] is (np.float64\()?0.5"):
        to_table(pd.DataFrame({"x": values}), [SchemaField("x", "INTEGER")])


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({0: [1]}), "column 0 is not named by a text"),
        (pd.DataFrame([[1, 2]], columns=["Age", "age"]), "columns Age, age are one column"),
        (pd.DataFrame({"x": [None]}), "column x holds no value"),
        (pd.DataFrame({"x": pd.to_timedelta(["1 day"])}), "BigQuery has no type for"),
    ],
    ids=["unnamed", "twice", "empty", "timedelta"],
)
def test_a_column_that_bigquery_cannot_hold_is_refused(frame, message):
    with pytest.raises(InvalidArgument, match=message):
        to_table(frame)


def test_a_required_column_must_be_filled():
    with pytest.raises(InvalidArgument, match=r"REQUIRED, but df\['x'\].iloc\[1\] is missing"):
        to_table(pd.DataFrame({"x": ["a", None]}), [SchemaField("x", "STRING", mode="REQUIRED")])


def test_a_named_index_is_a_column_and_the_names_of_the_table_win():
    frame = pd.DataFrame({"age": [1.0, np.nan]}, index=pd.Index([7, 8], name="Id"))
    table = to_table(frame, [SchemaField("Age", "INTEGER")])
    assert table.to_pydict() == {"Id": [7, 8], "Age": [1, None]}
