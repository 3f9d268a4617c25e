"""Byte strings in a pipe, each after its length: how the inspector and its workers talk.

The module stays alone because it is the protocol between two processes. Pure.
"""

import struct
from collections.abc import Sequence
from typing import IO

_LENGTH = struct.Struct(">Q")


def write_messages(stream: IO[bytes], messages: Sequence[bytes]) -> None:
    """Write messages and flush the stream."""
    for message in messages:
        stream.write(_LENGTH.pack(len(message)))
        stream.write(message)
    stream.flush()


def read_message(stream: IO[bytes]) -> bytes | None:
    """The next message; None when the stream ends before it is complete."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(length)
    message = stream.read(size)
    return message if len(message) == size else None
