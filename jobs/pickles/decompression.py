"""The content of a file: decompressed as joblib does, counted, and limited in size. Pure."""

import bz2
import importlib.util
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import LIMITS, MIB, Limits

_CHUNK_BYTES = 1 << 16


class _Decompressor(Protocol):
    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Zlib:
    """zlib's decompressor with the interface of bz2's and lzma's."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)  # zlib and gzip alike

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data


def _lz4() -> Any:
    if not importlib.util.find_spec("lz4"):
        raise UnsafePickleError(
            "is compressed with lz4, which is not installed here: use compress=3"
        )
    return importlib.import_module("lz4.frame").LZ4FrameDecompressor()


def _lzma() -> Any:
    return lzma.LZMADecompressor(memlimit=256 * MIB)


# joblib recognises compressions by these prefixes; no pickle begins with one of them.
_DECOMPRESSORS: dict[bytes, Callable[[], Any]] = {
    b"x": _Zlib,
    b"\x1f\x8b": _Zlib,
    b"BZ": bz2.BZ2Decompressor,
    b"\xfd7zXZ": _lzma,
    b"]\x00": _lzma,
    b"\x04\x22\x4d\x18": _lz4,
}


class _Decompressed(io.RawIOBase):
    """The decompressed content of a file, as a raw stream."""

    def __init__(self, content: bytes, decompressor: _Decompressor) -> None:
        self._compressed = io.BytesIO(content)
        self._decompressor = decompressor

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = b""
        while not chunk and not self._decompressor.eof:
            chunk = self._next(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _next(self, wanted: int) -> bytes:
        more = self._compressed.read(_CHUNK_BYTES) if self._decompressor.needs_input else b""
        if not more and self._decompressor.needs_input:
            raise UnsafePickleError("is compressed, and its end is missing")
        try:
            return self._decompressor.decompress(more, wanted)
        except (zlib.error, lzma.LZMAError, OSError, RuntimeError, ValueError) as error:
            raise UnsafePickleError(f"cannot be decompressed: {error}") from error

    def has_leftover(self) -> bool:
        """Whether bytes follow the end of the compressed stream."""
        return bool(self._decompressor.unused_data or self._compressed.read(1))


class Source:
    """The content of a file, read once from its beginning to its end.

    Every method raises UnsafePickleError when the content ends early or exceeds its limit.

    Attributes:
        position: how many bytes were read.
    """

    def __init__(self, content: bytes, limits: Limits = LIMITS) -> None:
        if len(content) > limits.upload_bytes:
            raise UnsafePickleError(
                f"has {len(content):,} bytes, more than {limits.upload_bytes:,}"
            )
        self.limits = limits
        self.position = 0
        self._decompressed = _decompressed(content)
        self._stream: BinaryIO = io.BytesIO(content)
        if self._decompressed:
            self._stream = io.BufferedReader(self._decompressed, MIB)

    def read(self, size: int) -> bytes:
        """The next bytes, exactly `size` of them."""
        self.require_within_limit(size)
        content = self._stream.read(size)
        self.position += len(content)
        if len(content) < size:
            raise UnsafePickleError(f"ends at byte {self.position}, in the middle of something")
        return content

    def readline(self) -> bytes:
        """The next line, with its line feed."""
        line = self._stream.readline(self.limits.content_bytes - self.position + 1)
        self.position += len(line)
        self.require_within_limit(0)
        if not line.endswith(b"\n"):
            raise UnsafePickleError(f"ends at byte {self.position}, in the middle of a line")
        return line

    def skip(self, size: int) -> None:
        """Read bytes and discard them, a mebibyte at a time."""
        self.require_within_limit(size)
        while size:
            size -= len(self.read(min(size, MIB)))

    def require_within_limit(self, size: int) -> None:
        """Require that `size` more bytes stay within the limit, before memory is allocated."""
        if size < 0 or self.position + size > self.limits.content_bytes:
            raise UnsafePickleError(
                f"holds more than {self.limits.content_bytes:,} bytes when decompressed"
            )

    def require_end(self) -> None:
        """Require that nothing follows."""
        if self._stream.read(1) or (self._decompressed and self._decompressed.has_leftover()):
            raise UnsafePickleError(
                f"goes on after its end at byte {self.position}: dump one model a file"
            )


def _decompressed(content: bytes) -> _Decompressed | None:
    for prefix, decompressor in _DECOMPRESSORS.items():
        if content.startswith(prefix):
            return _Decompressed(content, decompressor())
    return None
