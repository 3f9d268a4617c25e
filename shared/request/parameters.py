"""The parameters of a request: from raw values to typed values and back. Pure.

A raw value is what a query string, a JSON body or a command line holds: a text, or a list of texts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from shared.errors import InvalidArgument


class Disposition(StrEnum):
    """What a run does with rows that the output table has already."""

    APPEND = "append"
    TRUNCATE = "truncate"
    EMPTY = "empty"

    @property
    def for_bigquery(self) -> str:
        """The write disposition of BigQuery's load job."""
        return f"WRITE_{self.name}"


def parameter(
    description: str, default: Any = MISSING, value_of: Callable[[Any], Any] | None = None
) -> Any:
    """A dataclass field that is a parameter of a request.

    Args:
        description: for documentation and --help.
        default: the value when the request does not give the parameter; required without one.
        value_of: parses a raw value, and raises InvalidArgument; None for a text.
    """
    return field(default=default, metadata={"description": description, "value_of": value_of})


def is_required(each: "Field[Any]") -> bool:
    """Whether a request must give this parameter."""
    return each.default is MISSING


def is_list(each: "Field[Any]") -> bool:
    """Whether a parameter is a list, which a query string or command line may repeat."""
    return isinstance(each.default, tuple)


def problems_of(given: Mapping[str, Any], parameters: Mapping[str, "Field[Any]"]) -> list[str]:
    """The problems with the names and types of raw values, a phrase each."""
    known = ", ".join(sorted(parameters))
    unknown = ", ".join(sorted(set(given) - set(parameters)))
    missing = ", ".join(
        name for name, each in parameters.items() if is_required(each) and name not in given
    )
    return [
        *([f"unknown parameter {unknown} (known: {known})"] if unknown else []),
        *([f"missing parameter {missing}"] if missing else []),
        *(
            f"{name} must be a text"
            for name, raw in given.items()
            if name in parameters and not is_list(parameters[name]) and not isinstance(raw, str)
        ),
    ]


def value_of(each: "Field[Any]", raw: Any) -> Any:
    """The value of a parameter from its raw value.

    Raises:
        InvalidArgument: when the raw value is malformed.
    """
    parse = each.metadata["value_of"]
    return raw if parse is None else parse(raw)


def raw_values(value: Any) -> list[str]:
    """The raw values of a value, one for each time that a command line repeats the argument."""
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return [value.isoformat() if isinstance(value, datetime) else str(value)]


def column_names(raw: Any) -> tuple[str, ...]:
    """The names in a list, or in a text that separates them by commas, without duplicates.

    Raises:
        InvalidArgument: when the raw value is neither.
    """
    parts = [raw] if isinstance(raw, str) else raw
    if not isinstance(parts, Iterable) or not all(isinstance(part, str) for part in parts):
        raise InvalidArgument("key_columns must be a list of column names")
    names = (name.strip() for part in parts for name in part.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def disposition(raw: str) -> Disposition:
    """The disposition of a name, ours or BigQuery's: append or WRITE_APPEND.

    Raises:
        InvalidArgument: when there is none of that name.
    """
    try:
        return Disposition(raw.lower().removeprefix("write_"))
    except ValueError:
        raise InvalidArgument(
            f"write_disposition is {raw!r}: use one of {', '.join(Disposition)}"
        ) from None


def timestamp(raw: str) -> datetime:
    """The time of an RFC 3339 text, in UTC.

    Raises:
        InvalidArgument: when the text is malformed or has no zone.
    """
    try:
        if (time := datetime.fromisoformat(raw)).tzinfo:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidArgument(
        f"as_of is {raw!r}: write a time with its zone, e.g. 2026-01-31T09:00:00Z",
        reason="INVALID_TIME",
    )
