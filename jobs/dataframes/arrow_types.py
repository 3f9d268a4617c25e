"""BigQuery types as Arrow types, and Arrow types as BigQuery types. Pure."""

from collections.abc import Callable

import pyarrow as pa

from shared.errors import InvalidArgument
from shared.tables.output_schema import LINEAGE, OutputSchema
from shared.tables.table import Column

# https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet#type_conversions
ARROW_TYPES = {
    "BOOLEAN": pa.bool_(),
    "BYTES": pa.binary(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "FLOAT": pa.float64(),
    "INTEGER": pa.int64(),
    "NUMERIC": pa.decimal128(38, 9),
    "STRING": pa.string(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us", "UTC"),
}

# One copy of a text a batch: neither memory nor Parquet's encoder holds it once a row.
_CONSTANT_TEXT = pa.dictionary(pa.int32(), pa.string())

# Types that a table may have and predictions have not; a load job accepts them from Parquet.
_OTHER_TYPES = {
    "BIGNUMERIC": pa.decimal256(76, 38),
    "GEOGRAPHY": pa.string(),
    "JSON": pa.string(),
}

# The API's names of types, by their names in GoogleSQL where these differ.
_API_NAMES = {"BOOL": "BOOLEAN", "FLOAT64": "FLOAT", "INT64": "INTEGER", "STRUCT": "RECORD"}

_NUMERIC_SCALE = 9
_NUMERIC_WHOLE_DIGITS = 29

_NAMES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_integer, "INTEGER"),
    (pa.types.is_floating, "FLOAT"),
    (pa.types.is_string, "STRING"),
    (pa.types.is_large_string, "STRING"),
    (pa.types.is_binary, "BYTES"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_time, "TIME"),
    (pa.types.is_struct, "RECORD"),
)


def api_name(name: str) -> str:
    """The name of a BigQuery type in the API, e.g. `INTEGER` for INT64."""
    return _API_NAMES.get(name.upper(), name.upper())


def arrow_type(name: str) -> pa.DataType:
    """The Arrow type of a scalar BigQuery type.

    Raises:
        InvalidArgument: when load jobs do not accept the type from Parquet.
    """
    types = ARROW_TYPES | _OTHER_TYPES
    if api_name(name) not in types:
        raise InvalidArgument(
            f"{name} columns cannot be written from a DataFrame: leave the column out",
            reason="UNSUPPORTED_COLUMN_TYPE",
        )
    return types[api_name(name)]


def type_name(kind: pa.DataType) -> str | None:
    """The BigQuery type that holds every value of an Arrow type, None when there is none."""
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP" if kind.tz else "DATETIME"
    if pa.types.is_decimal(kind):
        whole = kind.precision - kind.scale
        is_narrow = kind.scale <= _NUMERIC_SCALE and whole <= _NUMERIC_WHOLE_DIGITS
        return "NUMERIC" if is_narrow else "BIGNUMERIC"
    return next((name for is_kind, name in _NAMES if is_kind(kind)), None)


def arrow_schema(schema: OutputSchema) -> pa.Schema:
    """The output table's columns as Arrow types."""
    return pa.schema([(column.name, _output_type(column)) for column in schema.output])


def _output_type(column: Column) -> pa.DataType:
    is_constant_text = column.type == "STRING" and column in {each for each, _ in LINEAGE}
    return _CONSTANT_TEXT if is_constant_text else ARROW_TYPES[column.type]
