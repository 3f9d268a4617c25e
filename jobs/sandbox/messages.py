"""Byte strings in a pipe, each after its length."""

import struct
from collections.abc import Sequence
from typing import IO

_LENGTH = struct.Struct(">Q")


def write_parts(stream: IO[bytes], parts: Sequence[bytes]) -> None:
    """Write byte strings."""
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def read_part(stream: IO[bytes]) -> bytes | None:
    """A byte string that `write_parts` wrote, None at the end of the stream."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(length)
    part = stream.read(size)
    return part if len(part) == size else None
