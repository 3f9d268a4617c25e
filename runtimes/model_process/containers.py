"""What a dictionary, a list or a tuple around a model holds, so that its author is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from .estimators import class_name

_MOST_PARTS = 20
_MOST_KEY = 100
_MOST_DEPTH = 3


def parts(container: Any, depth: int = _MOST_DEPTH) -> list[dict[str, Any]] | None:
    """The entries of a dictionary, a list or a tuple; None for any other object.

    An entry that is a container itself `holds` its own, if a model or a transformer is among them.
    """
    if isinstance(container, Mapping):
        entries: Iterable[tuple[Any, Any]] = container.items()
    elif isinstance(container, (list, tuple)):
        entries = enumerate(container)
    else:
        return None
    return [_part(key, part, depth) for key, part in islice(entries, _MOST_PARTS)]


def _part(key: Any, part: Any, depth: int) -> dict[str, Any]:
    held = (parts(part, depth - 1) if depth else None) or []
    matters = any(each["predicts"] or each["transforms"] or each["holds"] for each in held)
    is_object = not isinstance(part, type)
    return {
        "key": str(key)[:_MOST_KEY],
        "is_text_key": isinstance(key, str),
        "estimator": class_name(part),
        "predicts": is_object and hasattr(part, "predict"),
        "transforms": is_object and hasattr(part, "transform"),
        "holds": held if matters else [],
    }
