"""Messages in a pipe: a kind of four letters, a length, and a body of that length.

Both sides use it. The product's side distrusts the other one: it gives a limit of the length before
it reads a body, and a deadline after which it waits no longer.
"""

from __future__ import annotations

import os
import select
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

_HEADER = struct.Struct(">4sQ")
_CHUNK_BYTES = 1 << 20

STARTED = b"STRT"
LOAD = b"LOAD"
DESCRIBED = b"DESC"
CHECK = b"CHEK"
CHECKED = b"CHKD"
PREPARE = b"PREP"
READY = b"REDY"
ROWS = b"ROWS"
ANSWER = b"ANSW"
FAILED = b"FAIL"


class FrameError(Exception):
    """The other side sent no whole message of the expected form, or none in time.

    Attributes:
        is_late: whether the time was over.
        is_end: whether the other side closed the pipe.
    """

    def __init__(self, sentence: str, *, is_late: bool = False, is_end: bool = False):
        super().__init__(sentence)
        self.is_late = is_late
        self.is_end = is_end


def write_frame(
    descriptor: int, kind: bytes, parts: Sequence[Any] = (), deadline: float | None = None
) -> None:
    """Write a message whose body is the concatenation of `parts`.

    Args:
        descriptor: a pipe; with a deadline it must be non-blocking.
        kind: one of this module's constants.
        parts: bytes-like objects.
        deadline: on the clock of `time.monotonic`; None waits for ever.

    Raises:
        FrameError: when the other side does not read in time, or has closed the pipe.
    """
    views = [memoryview(part).cast("B") for part in parts]
    header = _HEADER.pack(kind, sum(len(view) for view in views))
    for view in (memoryview(header), *views):
        _write_all(descriptor, view, deadline)


def _write_all(descriptor: int, content: memoryview, deadline: float | None) -> None:
    while len(content):
        _wait(descriptor, select.POLLOUT, deadline)
        try:
            written = os.write(descriptor, content[:_CHUNK_BYTES])
        except BlockingIOError:
            continue
        except BrokenPipeError as error:
            raise FrameError("the pipe is closed", is_end=True) from error
        content = content[written:]


def read_frame(
    descriptor: int, limits: Mapping[bytes, int], deadline: float | None = None
) -> tuple[bytes, bytearray]:
    """The kind and the body of the next message.

    Args:
        descriptor: a pipe; with a deadline it must be non-blocking.
        limits: the greatest length of a body in bytes, for each kind that is expected.
        deadline: on the clock of `time.monotonic`; None waits for ever.

    Raises:
        FrameError: when the kind is another one, the body is longer, the time is over, or the pipe
            ends first.
    """
    kind, size = _HEADER.unpack(_read_all(descriptor, _HEADER.size, deadline))
    if kind not in limits:
        raise FrameError("a message of an unexpected kind")
    if size > limits[kind]:
        raise FrameError(f"a message of more than {limits[kind]} bytes")
    return kind, _read_all(descriptor, size, deadline)


def _read_all(descriptor: int, size: int, deadline: float | None) -> bytearray:
    # Grown as bytes come, so that an announced length alone takes no memory.
    content = bytearray()
    while len(content) < size:
        _wait(descriptor, select.POLLIN, deadline)
        try:
            chunk = os.read(descriptor, min(size - len(content), _CHUNK_BYTES))
        except BlockingIOError:  # the other side can open its own end to read, and was faster
            continue
        if not chunk:
            raise FrameError("the pipe ended", is_end=True)
        content += chunk
    return content


def _wait(descriptor: int, event: int, deadline: float | None) -> None:
    if deadline is None:
        return
    poller = select.poll()
    poller.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poller.poll(left * 1000):
        raise FrameError("no message in time", is_late=True)
