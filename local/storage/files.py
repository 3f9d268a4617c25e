"""The files that hold the bytes of objects.

A file has a random name and counts only once a committed row names it. So a crash can leave
a file too many, which the next start sweeps, but never half an object.
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import google_crc32c

from local.storage.resources import Content

CHUNK_BYTES = 1 << 20


class Digest:
    """Number and checksums of the bytes seen so far."""

    def __init__(self) -> None:
        self._size = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc32c = google_crc32c.Checksum()

    def update(self, chunk: bytes) -> None:
        """Take in the next bytes."""
        self._size += len(chunk)
        self._md5.update(chunk)
        self._crc32c.update(chunk)

    def content(self, file: str) -> Content:
        """The description of a file with the bytes seen."""
        return Content(
            file, self._size, _base64(self._crc32c.digest()), _base64(self._md5.digest())
        )


class ObjectFiles:
    """A flat folder of files under random names."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def path(self, file: str) -> Path:
        """Where a file lies."""
        return self._folder / file

    @contextmanager
    def new(self) -> Iterator[str]:
        """The name of a new file, which goes again when the block raises."""
        file = uuid4().hex
        try:
            yield file
        except BaseException:
            self.path(file).unlink(missing_ok=True)
            raise

    def write(self, file: str, chunks: Iterable[bytes]) -> Content:
        """Write a file, with its checksums computed on the way."""
        digest = Digest()
        with self.path(file).open("wb") as target:
            for chunk in chunks:
                digest.update(chunk)
                target.write(chunk)
        return digest.content(file)

    def write_at(self, file: str, offset: int, chunks: Iterable[bytes]) -> None:
        """Write chunks from an offset on; what lies behind stays."""
        descriptor = os.open(self.path(file), os.O_WRONLY | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "wb") as target:
            target.seek(offset)
            for chunk in chunks:
                target.write(chunk)

    def link(self, source: str, file: str) -> None:
        """Give the bytes of a file, which never change, a second name."""
        self.path(file).hardlink_to(self.path(source))

    def size(self, file: str) -> int:
        """The bytes that a file has so far."""
        return self.path(file).stat().st_size

    def content(self, file: str) -> Content:
        """The description of a file, read once for its checksums."""
        digest = Digest()
        with self.path(file).open("rb") as source:
            for chunk in iter(partial(source.read, CHUNK_BYTES), b""):
                digest.update(chunk)
        return digest.content(file)

    def discard(self, files: Iterable[str]) -> None:
        """Remove files that no row names any more."""
        for file in files:
            self.path(file).unlink(missing_ok=True)

    def sweep(self, named: set[str]) -> None:
        """Remove what a crash left behind: every file that no row names."""
        self.discard(entry.name for entry in self._folder.iterdir() if entry.name not in named)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
