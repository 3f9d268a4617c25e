"""What exists: buckets and objects, read from one connection."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from local.storage.errors import NotFoundError
from local.storage.resources import Resource

_COLUMNS = "SELECT name, generation, live, file, resource FROM objects WHERE bucket = ?"


@dataclass(frozen=True)
class StoredObject:
    """One generation of an object, and the file with its bytes."""

    name: str
    generation: int
    live: bool
    file: str
    resource: Resource


@dataclass(frozen=True, order=True)
class Position:
    """A position in the order of a bucket's objects: by name in UTF-8, then by generation."""

    name: str
    generation: int = 0


class Catalog:
    """Reads what the connection sees; inside a transaction, what that transaction did."""

    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection

    def buckets(self) -> list[Resource]:
        """All buckets, by name."""
        rows = self.connection.execute("SELECT resource FROM buckets ORDER BY name")
        return [json.loads(resource) for (resource,) in rows]

    def bucket(self, name: str) -> Resource:
        """A bucket that must exist."""
        query = "SELECT resource FROM buckets WHERE name = ?"
        row = self.connection.execute(query, (name,)).fetchone()
        if row is None:
            raise NotFoundError("The specified bucket does not exist.")
        bucket: Resource = json.loads(row[0])
        return bucket

    def is_empty(self, bucket: str) -> bool:
        """Whether a bucket holds nothing, noncurrent generations included."""
        query = "SELECT 1 FROM objects WHERE bucket = ? LIMIT 1"
        return self.connection.execute(query, (bucket,)).fetchone() is None

    def live(self, bucket: str, name: str) -> StoredObject | None:
        """The live generation of an object."""
        query = f"{_COLUMNS} AND name = ? AND live"
        row = self.connection.execute(query, (bucket, name)).fetchone()
        return _stored(row) if row else None

    def found(self, bucket: str, name: str, generation: int | None = None) -> StoredObject:
        """The live generation of an object, or the given one; it must exist."""
        stored = (
            self.live(bucket, name)
            if generation is None
            else self._generation(bucket, name, generation)
        )
        if stored is None:
            self.bucket(bucket)
            raise NotFoundError(f"No such object: {bucket}/{name}")
        return stored

    def objects(
        self, bucket: str, start: Position, end: str | None, *, noncurrent: bool
    ) -> Iterator[StoredObject]:
        """The objects from a position on, up to a name that is not included."""
        query = (
            f"{_COLUMNS} AND (name, generation) >= (?, ?)"
            f"{' AND name < ?' if end is not None else ''}{'' if noncurrent else ' AND live'}"
            " ORDER BY name, generation"
        )
        bounds = (start.name, start.generation) + (() if end is None else (end,))
        yield from map(_stored, self.connection.execute(query, (bucket, *bounds)))

    def files(self) -> set[str]:
        """Every file that a row names."""
        query = "SELECT file FROM objects UNION ALL SELECT file FROM uploads"
        return {file for (file,) in self.connection.execute(query)}

    def _generation(self, bucket: str, name: str, generation: int) -> StoredObject | None:
        query = f"{_COLUMNS} AND name = ? AND generation = ?"
        row = self.connection.execute(query, (bucket, name, generation)).fetchone()
        return _stored(row) if row else None


def _stored(row: tuple[str, int, int, str, str]) -> StoredObject:
    name, generation, live, file, resource = row
    return StoredObject(name, generation, bool(live), file, json.loads(resource))
