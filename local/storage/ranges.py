"""The ranges of uploads (Content-Range) and downloads (Range); pure."""

import re
from dataclasses import dataclass

from local.storage.errors import InvalidError, RangeError

_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class ContentRange:
    """Which part of an upload a request carries."""

    first: int | None = None
    """Where its bytes belong; None when it carries none and asks for the status."""
    total: int | None = None
    """The size of the whole; None when the client does not know it yet."""
    whole: bool = False
    """Whether the request carries all that there is."""

    @classmethod
    def parse(cls, header: str | None) -> "ContentRange":
        """Read `bytes 0-99/*`, `bytes 0-99/100`, `bytes */100`, `bytes */*`, or no header."""
        if header is None:
            return cls(first=0, whole=True)
        match = _CONTENT_RANGE.fullmatch(header)
        if match is None:
            raise InvalidError(f"Failed to parse Content-Range header: {header}")
        first, total = match.groups()
        return cls(int(first) if first is not None else None, int(total) if total != "*" else None)

    def completes(self, size: int) -> bool:
        """Whether an upload with so many bytes is complete after this request."""
        if self.total is not None and size > self.total:
            raise InvalidError(f"The upload has {size} bytes, more than the {self.total} declared.")
        return self.whole or size == self.total


@dataclass(frozen=True)
class ByteRange:
    """The part of an object that a download asks for; `start` and `stop` as in a slice."""

    start: int
    stop: int
    size: int
    partial: bool

    @classmethod
    def parse(cls, header: str | None, size: int) -> "ByteRange":
        """Read a Range header; one that is no single range of bytes asks for everything."""
        match = _RANGE.fullmatch(header or "")
        if match is None or match.groups() == ("", ""):
            return cls(0, size, size, partial=False)
        first, last = match.groups()
        start = int(first) if first else max(0, size - int(last))
        stop = min(size, int(last) + 1) if first and last else size
        if start >= stop:
            raise RangeError(f"The requested range cannot be satisfied: {header} of {size} bytes.")
        return cls(start, stop, size, partial=True)

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        """The answer's Content-Range."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"
