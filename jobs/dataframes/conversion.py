"""Converts a DataFrame's column to an Arrow array of a BigQuery type, exactly or not at all. Pure.

Arrow's own casts parse strings, drop time zones and truncate times to days. Here no value changes:
the error names the first value that does not have the column's type.
"""

from bisect import bisect_left
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.dataframes.arrow_types import arrow_type, type_name
from shared.errors import InvalidArgument

# The types that the values of a type may be converted to, as long as no value changes.
_CONVERSIONS = {
    "INTEGER": {"FLOAT", "NUMERIC", "BIGNUMERIC"},
    "FLOAT": {"INTEGER"},
    "NUMERIC": {"BIGNUMERIC"},
    "BIGNUMERIC": {"NUMERIC"},
    "DATETIME": {"DATE"},
}

_ADVICE = {
    "INTEGER": "pd.to_numeric(df[{0!r}]) converts texts, df[{0!r}].round() fractions",
    "FLOAT": "pd.to_numeric(df[{0!r}]) converts texts",
    "NUMERIC": "df[{0!r}].map(str).map(decimal.Decimal) makes decimals",
    "BIGNUMERIC": "df[{0!r}].map(str).map(decimal.Decimal) makes decimals",
    "STRING": "df[{0!r}].astype('str') makes texts",
    "BOOLEAN": "df[{0!r}].map({{0: False, 1: True}}) makes truth values",
    "DATE": "pd.to_datetime(df[{0!r}]).dt.normalize() makes days",
    "DATETIME": "pd.to_datetime(df[{0!r}]).dt.tz_localize(None) makes times without a zone",
    "TIMESTAMP": "pd.to_datetime(df[{0!r}]).dt.tz_localize('UTC') gives times their zone",
}


class _TypeMismatchError(Exception):
    """A value does not have the wanted type."""


def array_of(values: "pd.Series[Any]", wanted: pa.DataType | None) -> pa.Array:
    """The values as an array of the wanted type or, without one, of their inferred type.

    Raises:
        InvalidArgument: when a value has another type; the message names the first one.
    """
    if wanted is None:
        wanted = inferred_type(values)
    try:
        return _converted(values, wanted)
    except (pa.ArrowException, _TypeMismatchError) as error:
        raise _mismatch_error(values, wanted) from error


def inferred_type(values: "pd.Series[Any]") -> pa.DataType:
    """The Arrow type of the BigQuery type that the values have.

    For values of several types it is the type of the first one; `array_of` refuses the others.

    Raises:
        InvalidArgument: when there is no value, or BigQuery has no such type.
    """
    try:
        inferred = _inferred_array(values)
    except pa.ArrowException:
        inferred = _inferred_array(values.dropna().iloc[:1])
    if pa.types.is_null(inferred.type):
        raise InvalidArgument(
            f"column {values.name} holds no value that would tell its type: drop it, or create "
            "the table first",
            reason="INVALID_COLUMN",
        )
    return _bigquery_type(inferred.type, values)


def _bigquery_type(kind: pa.DataType, values: "pd.Series[Any]") -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_bigquery_type(kind.value_type, values))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _bigquery_type(each.type, values)) for each in kind])
    if name := type_name(kind):
        return arrow_type(name)
    raise InvalidArgument(
        f"column {values.name} holds {kind} values, which BigQuery has no type for: cast it, e.g. "
        f"df[{values.name!r}].astype('str')",
        reason="INVALID_COLUMN",
    )


def _inferred_array(values: "pd.Series[Any]") -> pa.Array:
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _converted(values: "pd.Series[Any]", wanted: pa.DataType) -> pa.Array:
    if pa.types.is_nested(wanted):
        return pa.array(values, type=wanted, from_pandas=True)
    inferred = _inferred_array(values)
    if pa.types.is_null(inferred.type):
        return pa.nulls(len(inferred), wanted)
    found, name = type_name(inferred.type), type_name(wanted)
    if found != name and name not in _CONVERSIONS.get(found or "", ()):
        raise _TypeMismatchError
    if pa.types.is_date(wanted):
        return _days(inferred)
    return pc.cast(inferred, wanted)


def _days(times: pa.Array) -> pa.Array:
    days = pc.cast(times, pa.date32(), safe=False)
    if not pa.types.is_date(times.type) and pc.cast(days, times.type) != times:
        raise _TypeMismatchError
    return days


def _mismatch_error(values: "pd.Series[Any]", wanted: pa.DataType) -> InvalidArgument:
    row = bisect_left(range(len(values)), True, key=lambda last: _mismatches(values, last, wanted))
    name = type_name(wanted) or str(wanted)
    advice = _ADVICE.get(name, "correct it").format(values.name)
    return InvalidArgument(
        f"column {values.name} is {name}, but df[{values.name!r}].iloc[{row}] is "
        f"{values.iloc[row]!r:.80}: {advice}",
        reason="INVALID_COLUMN",
        column=str(values.name),
    )


def _mismatches(values: "pd.Series[Any]", last: int, wanted: pa.DataType) -> bool:
    """Whether one of the values up to this index has another type."""
    try:
        _converted(values.iloc[: last + 1], wanted)
    except (pa.ArrowException, _TypeMismatchError):
        return True
    return False
