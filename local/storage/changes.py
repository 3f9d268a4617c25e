"""What one transaction does to buckets and objects, with the events that follow from it.

https://cloud.google.com/storage/docs/pubsub-notifications#events
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from local.storage.catalog import Catalog, StoredObject
from local.storage.errors import ConflictError
from local.storage.preconditions import Preconditions
from local.storage.resources import (
    Content,
    Resource,
    keeps_noncurrent,
    linked_object,
    new_bucket,
    new_object,
    noncurrent_object,
    patched_bucket,
    revised_object,
)

_EVENTS = "google.cloud.storage.object.v1"
FINALIZED = f"{_EVENTS}.finalized"
ARCHIVED = f"{_EVENTS}.archived"
DELETED = f"{_EVENTS}.deleted"
METADATA_UPDATED = f"{_EVENTS}.metadataUpdated"


@dataclass(frozen=True)
class Draft:
    """An object to be created: its name, its metadata, and the preconditions."""

    bucket: str
    name: str
    metadata: Resource
    preconditions: Preconditions


class Changes(Catalog):
    """The writing side of the catalog, alive for one transaction."""

    def __init__(self, connection: sqlite3.Connection, tick: Callable[[], int], root: str):
        super().__init__(connection)
        self._tick = tick
        self._root = root
        self.orphans: list[str] = []
        """Files that nothing names once the transaction has committed."""

    def create_bucket(self, settings: Resource) -> Resource:
        """Create a bucket; 409 when it exists."""
        bucket = new_bucket(settings, self._tick())
        try:
            self.connection.execute(
                "INSERT INTO buckets VALUES (?, ?)", (bucket["name"], _text(bucket))
            )
        except sqlite3.IntegrityError as error:
            raise ConflictError(
                "Your previous request to create the named bucket succeeded and you already own it."
            ) from error
        return bucket

    def patch_bucket(self, bucket: Resource, patch: Resource) -> Resource:
        """Change a bucket's settings."""
        changed = patched_bucket(bucket, patch, self._tick())
        statement = "UPDATE buckets SET resource = ? WHERE name = ?"
        self.connection.execute(statement, (_text(changed), bucket["name"]))
        return changed

    def delete_bucket(self, name: str) -> None:
        """Delete a bucket; 409 unless it is empty."""
        if not self.is_empty(name):
            raise ConflictError("The bucket you tried to delete is not empty.")
        self.connection.execute("DELETE FROM buckets WHERE name = ?", (name,))

    def check(self, draft: Draft) -> StoredObject | None:
        """Refuse a draft that may not become an object; returns what it would replace."""
        self.bucket(draft.bucket)
        current = self.live(draft.bucket, draft.name)
        draft.preconditions.check(current.resource if current else None)
        return current

    def create_object(self, draft: Draft, content: Content) -> Resource:
        """Make content the live generation of a name, which replaces the one before."""
        replaced = self.check(draft)
        if replaced:
            self._retire(self.bucket(draft.bucket), replaced)
        generation = self._tick()
        created = new_object(draft.bucket, draft.name, generation, draft.metadata, content)
        self.connection.execute(
            "INSERT INTO objects VALUES (?, ?, ?, 1, ?, ?)",
            (draft.bucket, draft.name, generation, content.file, _text(created)),
        )
        self._record(FINALIZED, created)
        return created

    def revise_object(self, stored: StoredObject, changed: Resource) -> Resource:
        """Change an object's metadata; its generation stays, its metageneration grows."""
        revised = revised_object(changed, self._tick())
        self._rewrite_row(stored, revised, live=stored.live)
        self._record(METADATA_UPDATED, revised)
        return revised

    def delete_object(self, stored: StoredObject, *, permanently: bool) -> None:
        """Delete an object; a versioned bucket keeps it noncurrent unless permanently."""
        if permanently:
            self._remove(stored)
        else:
            self._retire(self.bucket(stored.resource["bucket"]), stored)

    def _retire(self, bucket: Resource, stored: StoredObject) -> None:
        """End an object's time as the live generation."""
        if keeps_noncurrent(bucket):
            archived = noncurrent_object(stored.resource, self._tick())
            self._rewrite_row(stored, archived, live=False)
            self._record(ARCHIVED, archived)
        else:
            self._remove(stored)

    def _remove(self, stored: StoredObject) -> None:
        self.connection.execute(
            "DELETE FROM objects WHERE bucket = ? AND name = ? AND generation = ?", _key(stored)
        )
        self.orphans.append(stored.file)
        self._record(DELETED, noncurrent_object(stored.resource, self._tick()))

    def _rewrite_row(self, stored: StoredObject, resource: Resource, *, live: bool) -> None:
        self.connection.execute(
            "UPDATE objects SET live = ?, resource = ?"
            " WHERE bucket = ? AND name = ? AND generation = ?",
            (live, _text(resource), *_key(stored)),
        )

    def _record(self, event_type: str, resource: Resource) -> None:
        """Write an event to the outbox in the same transaction: both commit, or neither."""
        self.connection.execute(
            "INSERT INTO outbox VALUES (?, ?, ?, ?)",
            (
                self._tick(),
                event_type,
                resource["bucket"],
                _text(linked_object(resource, self._root)),
            ),
        )


def _key(stored: StoredObject) -> tuple[str, str, int]:
    return stored.resource["bucket"], stored.name, stored.generation


def _text(resource: Resource) -> str:
    return json.dumps(resource, separators=(",", ":"))
