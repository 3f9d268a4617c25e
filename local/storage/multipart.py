"""Reads MIME multipart bodies as a stream; pure.

https://www.rfc-editor.org/rfc/rfc2046#section-5.1
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local.storage.errors import InvalidError

# gcloud puts the boundary between single quotes.
_BOUNDARY = re.compile(r"""boundary=(?:"([^"]+)"|'([^']+)'|([^;\s]+))""", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One part; its content is to be read before the next part is asked for."""

    headers: dict[str, str]
    """By lower-case name."""
    content: Iterator[bytes]


def boundary(content_type: str) -> bytes:
    """The boundary that a Content-Type header declares."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise InvalidError("Content-Type has no boundary.")
    return next(group for group in match.groups() if group).encode()


def parts(chunks: Iterable[bytes], separator: bytes) -> Iterator[Part]:
    """The parts of a body that arrives in chunks of any size."""
    buffer = _Buffer(chunks)
    _drain(buffer.until(b"--" + separator))
    while buffer.peek(2) != b"--":
        newline = b"\r\n" if buffer.line().endswith(b"\r\n") else b"\n"
        part = Part(_headers(buffer), buffer.until(newline + b"--" + separator))
        yield part
        _drain(part.content)


class _Buffer:
    """Chunks as one run of bytes that is cut at delimiters; holds about one chunk."""

    def __init__(self, chunks: Iterable[bytes]):
        self._chunks = iter(chunks)
        self._held = b""

    def until(self, delimiter: bytes) -> Iterator[bytes]:
        """The bytes before the delimiter, which is consumed too."""
        while (end := self._held.find(delimiter)) < 0:
            # The last bytes may be the delimiter's first.
            certain = max(0, len(self._held) - len(delimiter) + 1)
            yield self._take(certain)
            self._pull()
        yield self._take(end)
        self._take(len(delimiter))

    def line(self) -> bytes:
        """The bytes up to and with the next line feed."""
        return b"".join(self.until(b"\n")) + b"\n"

    def peek(self, length: int) -> bytes:
        """The next bytes, which stay."""
        while len(self._held) < length:
            self._pull()
        return self._held[:length]

    def _take(self, length: int) -> bytes:
        taken, self._held = self._held[:length], self._held[length:]
        return taken

    def _pull(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise InvalidError("The multipart body ended before its last boundary.")
        self._held += chunk


def _headers(buffer: _Buffer) -> dict[str, str]:
    headers = {}
    while line := buffer.line().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def _drain(content: Iterator[bytes]) -> None:
    for _ in content:
        pass
