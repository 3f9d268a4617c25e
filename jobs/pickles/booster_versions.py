"""The version of XGBoost that is written in a booster's own bytes. Pure."""

import re
import struct

# As JSON, and as Universal Binary JSON: an array of numbers, whose type stands once or before each.
# https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html, https://ubjson.org
_JSON = re.compile(rb'"version":\[([0-9]{1,4}),([0-9]{1,4}),([0-9]{1,4})\]')
_UBJSON = re.compile(rb"version\[(.{3,48})", re.DOTALL)
_FORMATS = {b"i": ">b", b"U": ">B", b"I": ">h", b"l": ">i", b"L": ">q"}
_PARTS = 3


def xgboost_version(booster: bytes) -> str | None:
    """The version that wrote a booster, None when its bytes do not say."""
    if found := _JSON.search(booster):
        return ".".join(part.decode() for part in found.groups())
    if (found := _UBJSON.search(booster)) and (numbers := _numbers(found[1])):
        return ".".join(map(str, numbers))
    return None


def _numbers(content: bytes) -> list[int] | None:
    """The first three numbers of an array in Universal Binary JSON."""
    kind = None
    if content[:1] == b"$":  # one type for all, then the length
        kind, content = content[1:2], content[2:]
    if content[:1] == b"#":
        content = content[1:]
        _, content = _number(content)
    numbers = []
    for _ in range(_PARTS):
        number, content = _number(content, kind)
        if number is None:
            return None
        numbers.append(number)
    return numbers


def _number(content: bytes, kind: bytes | None = None) -> tuple[int | None, bytes]:
    if kind is None:
        kind, content = content[:1], content[1:]
    if not (layout := _FORMATS.get(kind)) or len(content) < struct.calcsize(layout):
        return None, b""
    (number,) = struct.unpack_from(layout, content)
    return int(number), content[struct.calcsize(layout) :]
