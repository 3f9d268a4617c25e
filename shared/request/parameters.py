"""The parameters of a request: each has a spelling, which is text, and a value. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from shared.errors import InvalidArgument


class Disposition(StrEnum):
    """What to do with rows that the output table holds already."""

    APPEND = "append"
    TRUNCATE = "truncate"
    EMPTY = "empty"

    @property
    def for_bigquery(self) -> str:
        """The load job's write disposition."""
        return f"WRITE_{self.name}"


def parameter(
    description: str, default: Any = MISSING, value_of: Callable[[Any], Any] | None = None
) -> Any:
    """A dataclass field that a request spells; `value_of` turns the spelling into the value."""
    return field(default=default, metadata={"description": description, "value_of": value_of})


def is_required(each: "Field[Any]") -> bool:
    """Whether a request without this parameter is none."""
    return each.default is MISSING


def is_list(each: "Field[Any]") -> bool:
    """Whether a parameter may be given more than once."""
    return isinstance(each.default, tuple)


def problems_of(given: Mapping[str, Any], parameters: Mapping[str, "Field[Any]"]) -> list[str]:
    """What is wrong with the names and types of the given spellings, a phrase each."""
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
            for name, spelling in given.items()
            if name in parameters
            and not is_list(parameters[name])
            and not isinstance(spelling, str)
        ),
    ]


def value_of(each: "Field[Any]", spelling: Any) -> Any:
    """The value that a spelling of a parameter means.

    Raises:
        InvalidArgument: when it means none.
    """
    read = each.metadata["value_of"]
    return spelling if read is None else read(spelling)


def spellings(value: Any) -> list[str]:
    """The texts that spell a value, one for each time that the argument is repeated."""
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return [value.isoformat() if isinstance(value, datetime) else str(value)]


def column_names(spelling: Any) -> tuple[str, ...]:
    """Names from a list, or from a text that separates them by commas; each once."""
    parts = [spelling] if isinstance(spelling, str) else spelling
    if not isinstance(parts, Iterable) or not all(isinstance(part, str) for part in parts):
        raise InvalidArgument("key_columns must be a list of column names")
    names = (name.strip() for part in parts for name in part.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def disposition(spelling: str) -> Disposition:
    """A disposition, in our words or in BigQuery's."""
    try:
        return Disposition(spelling.lower().removeprefix("write_"))
    except ValueError:
        raise InvalidArgument(
            f"write_disposition is {spelling!r}: use one of {', '.join(Disposition)}"
        ) from None


def moment(spelling: str) -> datetime:
    """A time in UTC, from RFC 3339."""
    try:
        if (time := datetime.fromisoformat(spelling)).tzinfo:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidArgument(
        f"as_of is {spelling!r}: write a time with its zone, e.g. 2026-01-31T09:00:00Z",
        reason="INVALID_TIME",
    )
