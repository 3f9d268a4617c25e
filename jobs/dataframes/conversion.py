"""A DataFrame's column as an Arrow array of BigQuery's type: converted exactly, or refused. Pure.

Arrow by itself parses texts, drops zones and cuts days off; here a value either is what the column
holds, or an error names it.
"""

from bisect import bisect_left
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.dataframes.arrow_types import arrow_type, type_name
from shared.errors import InvalidArgument

# To which other types the values of one may go, as long as none of them changes.
_WIDENINGS = {
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


class _MisfitError(Exception):
    """Values are not of the type that they should be of."""


def array_of(values: "pd.Series[Any]", wanted: pa.DataType | None) -> pa.Array:
    """The values as an array of the wanted type or, without one, of the type that they tell.

    Raises:
        InvalidArgument: naming the first value that is of another type.
    """
    if wanted is None:
        wanted = told_type(values)
    try:
        return _converted(values, wanted)
    except (pa.ArrowException, _MisfitError) as error:
        raise _refusal(values, wanted) from error


def told_type(values: "pd.Series[Any]") -> pa.DataType:
    """The type of BigQuery, as Arrow has it, that the values tell.

    Where they are of several, the first one decides, so that the others are found to be misfits.

    Raises:
        InvalidArgument: when there is no value, or BigQuery has no such type.
    """
    try:
        natural = _natural(values)
    except pa.ArrowException:
        natural = _natural(values.dropna().iloc[:1])
    if pa.types.is_null(natural.type):
        raise InvalidArgument(
            f"column {values.name} holds no value that would tell its type: drop it, or create "
            "the table first",
            reason="INVALID_COLUMN",
        )
    return _bigquery_s(natural.type, values)


def _bigquery_s(kind: pa.DataType, values: "pd.Series[Any]") -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_bigquery_s(kind.value_type, values))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _bigquery_s(each.type, values)) for each in kind])
    if name := type_name(kind):
        return arrow_type(name)
    raise InvalidArgument(
        f"column {values.name} holds {kind} values, which BigQuery has no type for: cast it, e.g. "
        f"df[{values.name!r}].astype('str')",
        reason="INVALID_COLUMN",
    )


def _natural(values: "pd.Series[Any]") -> pa.Array:
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _converted(values: "pd.Series[Any]", wanted: pa.DataType) -> pa.Array:
    if pa.types.is_nested(wanted):
        return pa.array(values, type=wanted, from_pandas=True)
    natural = _natural(values)
    if pa.types.is_null(natural.type):
        return pa.nulls(len(natural), wanted)
    found, name = type_name(natural.type), type_name(wanted)
    if found != name and name not in _WIDENINGS.get(found or "", ()):
        raise _MisfitError
    if pa.types.is_date(wanted):
        return _days(natural)
    return pc.cast(natural, wanted)


def _days(moments: pa.Array) -> pa.Array:
    days = pc.cast(moments, pa.date32(), safe=False)
    if not pa.types.is_date(moments.type) and pc.cast(days, moments.type) != moments:
        raise _MisfitError
    return days


def _refusal(values: "pd.Series[Any]", wanted: pa.DataType) -> InvalidArgument:
    row = bisect_left(range(len(values)), True, key=lambda last: _misfits(values, last, wanted))
    name = type_name(wanted) or str(wanted)
    advice = _ADVICE.get(name, "correct it").format(values.name)
    return InvalidArgument(
        f"column {values.name} is {name}, but df[{values.name!r}].iloc[{row}] is "
        f"{values.iloc[row]!r:.80}: {advice}",
        reason="INVALID_COLUMN",
        column=str(values.name),
    )


def _misfits(values: "pd.Series[Any]", last: int, wanted: pa.DataType) -> bool:
    try:
        _converted(values.iloc[: last + 1], wanted)
    except (pa.ArrowException, _MisfitError):
        return True
    return False
