"""Converts DataFrames to Arrow tables and back without changing a value.

A column of a DataFrame has the dtype that represents its values exactly:

=============================  ====================================================
BigQuery                       pandas
=============================  ====================================================
INT64, BOOL                    int64, bool; with NULLs Int64, boolean
FLOAT64                        float64, NULL is NaN
STRING, JSON, GEOGRAPHY        str, NULL is NaN
NUMERIC, BIGNUMERIC            object: decimal.Decimal, None
DATE, DATETIME, TIMESTAMP      datetime64, NULL is NaT; TIMESTAMP in UTC
TIME, BYTES, ARRAY, STRUCT     object: datetime.time, bytes, list, dict
=============================  ====================================================
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
from google.cloud.bigquery import SchemaField

from jobs.dataframes.arrow_types import api_name, arrow_type, type_name
from jobs.dataframes.conversion import array_of
from shared.errors import InvalidArgument
from shared.tables.column_names import legal_name


def to_frame(table: pa.Table) -> pd.DataFrame:
    """The rows of a table as a DataFrame; shape (rows, columns)."""
    exact = {
        field.name: _exact_series(table[field.name])
        for field in table.schema
        if _loses_exactness(table[field.name])
    }
    others = table.drop_columns(list(exact))
    frame: pd.DataFrame = others.to_pandas(date_as_object=False, split_blocks=True)
    if not exact:
        return frame
    whole: pd.DataFrame = pd.concat([frame, pd.DataFrame(exact)], axis="columns")
    return whole.reindex(columns=table.column_names)


def _loses_exactness(column: pa.ChunkedArray) -> bool:
    """Whether pandas would convert the values to floats or arrays, e.g. integers with NULLs."""
    return bool(
        pa.types.is_nested(column.type)
        or (column.null_count and pa.types.is_integer(column.type))
        or (column.null_count and pa.types.is_boolean(column.type))
    )


def _exact_series(column: pa.ChunkedArray) -> Any:
    if pa.types.is_nested(column.type):
        return pd.Series(column.to_pylist(), dtype=object)
    dtype: Any = pd.BooleanDtype() if pa.types.is_boolean(column.type) else pd.Int64Dtype()
    return pd.Series(dtype.__from_arrow__(column))


def to_table(frame: pd.DataFrame, existing: Sequence[SchemaField] = ()) -> pa.Table:
    """The rows of a DataFrame, in the types of the existing columns or else in inferred types.

    Named levels of the index become columns; an index without a name is left out. A name that
    BigQuery does not allow becomes its legal name, unless an existing column has it.

    Raises:
        InvalidArgument: when a column or value is invalid; the message names the first one.
    """
    columns = frame.reset_index() if any(frame.index.names) else frame
    _require_names(list(columns.columns))
    known_fields = {field.name.casefold(): field for field in existing}
    arrays, fields = [], []
    for name in columns.columns:
        field = known_fields.get(name.casefold()) or known_fields.get(legal_name(name).casefold())
        array = array_of(columns[name], arrow_field_type(field) if field else None)
        _require_no_nulls(array, field)
        arrays.append(array)
        is_nullable = field is None or field.mode != "REQUIRED"
        written = field.name if field else legal_name(name)
        fields.append(pa.field(written, array.type, nullable=is_nullable))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _require_names(names: Sequence[Any]) -> None:
    if others := [name for name in names if not isinstance(name, str)]:
        raise _bad_column(
            f"column {others[0]!r} is not named by a text: rename it with df.rename(columns=…)"
        )
    folded = [legal_name(name).casefold() for name in names]
    if duplicates := [name for name in names if folded.count(legal_name(name).casefold()) > 1]:
        raise _bad_column(
            f"columns {', '.join(duplicates)} are one column to BigQuery: rename or drop one"
        )


def _require_no_nulls(array: pa.Array, field: SchemaField | None) -> None:
    if field and field.mode == "REQUIRED" and array.null_count:
        row = array.is_null().index(True).as_py()
        raise _bad_column(
            f"column {field.name} is REQUIRED, but df[{field.name!r}].iloc[{row}] is missing: "
            "fill it, or drop the row"
        )


def _bad_column(message: str) -> InvalidArgument:
    return InvalidArgument(message, reason="INVALID_COLUMN")


def arrow_field_type(field: SchemaField) -> pa.DataType:
    """The Arrow type of a BigQuery column.

    Raises:
        InvalidArgument: when load jobs do not accept the type from Parquet.
    """
    if api_name(field.field_type) == "RECORD":
        kind = pa.struct([(each.name, arrow_field_type(each)) for each in field.fields])
    else:
        kind = arrow_type(field.field_type)
    return pa.list_(kind) if field.mode == "REPEATED" else kind


def schema_of(table: pa.Table, existing: Sequence[SchemaField] = ()) -> list[SchemaField]:
    """The BigQuery columns for a table's rows: existing ones by name, else new ones."""
    known_fields = {field.name: field for field in existing}
    return [known_fields.get(field.name) or _schema_field(field) for field in table.schema]


def _schema_field(field: pa.Field) -> SchemaField:
    kind, mode = field.type, "NULLABLE"
    if pa.types.is_list(kind):
        kind, mode = kind.value_type, "REPEATED"
    inner = [_schema_field(each) for each in kind] if pa.types.is_struct(kind) else ()
    return SchemaField(field.name, str(type_name(kind)), mode=mode, fields=inner)
