"""Converts Arrow columns to the DataFrame of features that a model takes.

A column's dtype follows from its BigQuery type, not from the values in a batch: a prediction must
not depend on how a table was cut into batches. So each type always gets the dtype that pandas gives
it when there are NULLs:

=========================  ===============================================================
BigQuery                   pandas
=========================  ===============================================================
INT64                      float64, NULL is NaN (exception below)
NUMERIC, BIGNUMERIC        float64, NULL is NaN
FLOAT64                    float64, NULL is NaN
BOOL                       object: True, False, None
STRING                     str, NULL is NaN
DATE, DATETIME, TIMESTAMP  datetime64, NULL is NaT; TIMESTAMP in UTC
BYTES, TIME                object: bytes or datetime.time, None
=========================  ===============================================================

Integers beyond 2**53, which float64 cannot represent, stay int64 in a batch without NULL. pandas'
nullable dtypes (Int64, boolean) could hold them with NULLs too, but many scikit-learn estimators
accept NaN and refuse NA.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# float64 represents every integer up to this one.
_EXACT_INTEGERS = 2**53


# Before it, a text column holds objects, and its NULLs would come as None.
_PANDAS_WITH_TEXT_DTYPE = 3


def feature_frame(batch: pa.RecordBatch) -> pd.DataFrame:
    """A batch of features as a DataFrame; shape (rows, features)."""
    columns = [_numbers_as_float(column) for column in batch.columns]
    table = pa.Table.from_arrays(columns, names=batch.schema.names)
    # Batches are converted in parallel already, and Arrow would start threads of its own.
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, use_threads=False)
    booleans = [field.name for field in table.schema if pa.types.is_boolean(field.type)]
    if booleans:
        frame = frame.astype(dict.fromkeys(booleans, object))
    if int(pd.__version__.split(".")[0]) < _PANDAS_WITH_TEXT_DTYPE:
        _fill_texts(frame, table)
    return frame


def _fill_texts(frame: pd.DataFrame, table: pa.Table) -> None:
    """Write NaN where a text is NULL, as pandas 3 does and as files were always read."""
    for field, column in zip(table.schema, table.columns):
        if pa.types.is_string(field.type) and column.null_count:
            values = frame[field.name].to_numpy(dtype=object, copy=True)
            values[column.is_null().to_numpy(zero_copy_only=False)] = float("nan")
            frame[field.name] = values


def _numbers_as_float(column: pa.Array) -> pa.Array:
    exact = pa.types.is_integer(column.type) and _are_exact(column)
    return pc.cast(column, pa.float64()) if exact or pa.types.is_decimal(column.type) else column


def _are_exact(integers: pa.Array) -> bool:
    extremes = pc.min_max(integers)
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    return low is None or max(-low, high) <= _EXACT_INTEGERS
