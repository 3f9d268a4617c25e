"""Fields of settings, each read from an environment variable. Pure."""

from collections.abc import Mapping
from dataclasses import Field, field
from typing import Any

from shared.errors import InvalidArgument

type Value = str | int | tuple[str, ...]


def variable(name: str, description: str, default: Value = "") -> Any:
    """A dataclass field that a variable sets; a default may name `{env}`."""
    return field(metadata={"variable": name, "description": description, "default": default})


def value_of(each: "Field[Any]", given: Mapping[str, str], environment: str) -> Value:
    """The value that the variables of an environment give to a field; an empty variable is none.

    Raises:
        InvalidArgument: when it should be a number and is none.
    """
    name: str = each.metadata["variable"]
    default: Value = each.metadata["default"]
    spelling = given.get(name)
    if isinstance(default, str):
        return spelling or default.format(env=environment)
    if not spelling:
        return default
    if isinstance(default, int):
        return _number(name, spelling)
    return tuple(word.strip() for word in spelling.split(",") if word.strip())


def _number(name: str, given: str) -> int:
    if not (given.isascii() and given.isdigit()):
        raise InvalidArgument(f"{name} is {given!r}: set it to a number, 0 or more")
    return int(given)
