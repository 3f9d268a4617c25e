"""Dataclass fields that environment variables set. Pure.

A file of its own, because `settings.py` and `gateway.py` both declare such fields.
"""

from collections.abc import Mapping
from dataclasses import Field, field
from typing import Any

from shared.errors import InvalidArgument

type Value = str | int | tuple[str, ...]


def variable(name: str, description: str, default: Value = "") -> Any:
    """A dataclass field that an environment variable sets; a default may contain `{env}`."""
    return field(metadata={"variable": name, "description": description, "default": default})


def value_of(each: "Field[Any]", given: Mapping[str, str], environment: str) -> Value:
    """The value of a field: of its variable, else its default when that is empty or not set.

    Args:
        each: a field that `variable` declared.
        given: the environment variables.
        environment: replaces `{env}` in a default.

    Raises:
        InvalidArgument: when the value must be a number and is not.
    """
    name: str = each.metadata["variable"]
    default: Value = each.metadata["default"]
    raw = given.get(name)
    if isinstance(default, str):
        return raw or default.format(env=environment)
    if not raw:
        return default
    if isinstance(default, int):
        return _number(name, raw)
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def _number(name: str, raw: str) -> int:
    if not (raw.isascii() and raw.isdigit()):
        raise InvalidArgument(f"{name} is {raw!r}: set it to a number, 0 or more")
    return int(raw)
