"""Frozen dataclasses as JSON text in the database, and back."""

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints


def document(value: Any) -> str:
    """Return a dataclass as JSON; enumerations by value, times as ISO 8601."""
    return json.dumps(asdict(value), default=datetime.isoformat, separators=(",", ":"))


def revived[T](kind: type[T], text: str) -> T:
    """Return the dataclass that `document` was given."""
    value: T = _revived(kind, json.loads(text))
    return value


def _revived(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is UnionType:
        return _revived(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return tuple(_revived(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return _revived_dataclass(kind, value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value


def _revived_dataclass(kind: Any, fields: dict[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _revived(hints[name], value) for name, value in fields.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
