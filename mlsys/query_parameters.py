"""Converts Python values to query parameters, so that no value becomes part of the SQL text."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from google.cloud.bigquery import ArrayQueryParameter, ScalarQueryParameter, StructQueryParameter

from shared.errors import InvalidArgument

_QUERY_PARAMETERS = (ScalarQueryParameter, ArrayQueryParameter, StructQueryParameter)

# A bool is an int and a datetime is a date: the subclass must come first.
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "BOOL"),
    (int, "INT64"),
    (float, "FLOAT64"),
    (str, "STRING"),
    (bytes, "BYTES"),
    (Decimal, "NUMERIC"),
    (datetime, "DATETIME"),
    (date, "DATE"),
    (time, "TIME"),
)


def query_parameters(values: Mapping[str, Any]) -> list[Any]:
    """The parameters `@name` of a query.

    Args:
        values: by name, a scalar, or a list, tuple, set, array or Series of scalars. A value may
            also be a parameter object of BigQuery's client; NULL and [] need one for their type.

    Raises:
        InvalidArgument: when a value has no BigQuery type.
    """
    return [_parameter(name, value) for name, value in values.items()]


def _parameter(name: str, value: Any) -> Any:
    if isinstance(value, _QUERY_PARAMETERS):
        return value
    plain = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(plain, list | tuple | set | frozenset):
        elements = list(plain)
        return ArrayQueryParameter(name, _type_of_all(name, elements), elements)
    return ScalarQueryParameter(name, _type(name, plain), plain)


def _type_of_all(name: str, elements: list[Any]) -> str:
    kinds = {_type(name, element) for element in elements}
    if kinds == {"INT64", "FLOAT64"}:
        return "FLOAT64"
    if len(kinds) != 1:
        content = f"values of types {', '.join(sorted(kinds))}" if kinds else "no value"
        raise InvalidArgument(
            f"params[{name!r}] holds {content}: give values of one type, or "
            f"bigquery.ArrayQueryParameter({name!r}, TYPE, values)",
            reason="INVALID_QUERY_PARAMETER",
        )
    return kinds.pop()


def _type(name: str, value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        return "TIMESTAMP"
    for kind, type_name in _TYPES:
        if isinstance(value, kind):
            return type_name
    raise InvalidArgument(
        f"params[{name!r}] is {value!r:.80}, which has no BigQuery type: give a plain value, "
        f"or bigquery.ScalarQueryParameter({name!r}, TYPE, value)",
        reason="INVALID_QUERY_PARAMETER",
    )
