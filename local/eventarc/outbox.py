"""The reading end of Cloud Storage's outbox: what happened to objects, in the order of commits."""

import time
from dataclasses import dataclass
from pathlib import Path

from local.storage.database import FILE_NAME, connect

_PAGE = 500
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Event:
    """One change of one object."""

    id: int
    """Microseconds since the epoch; grows from event to event."""
    type: str
    bucket: str
    object: str
    """The object's resource after the change, as JSON."""


class Outbox:
    """Waits for events and hands them out; keeps them until they are released."""

    def __init__(self, storage_folder: Path):
        """Wait until Cloud Storage has created its database."""
        self._path = storage_folder / FILE_NAME
        while not self._path.exists():
            time.sleep(_POLL_SECONDS)
        self._connection = connect(self._path)
        self._seen: int | None = None

    def next_events(self, position: int) -> list[Event]:
        """Events behind a position, oldest first; waits until there are some."""
        while not (events := self._behind(position)):
            self._wait_for_a_commit()
        return events

    def release(self, position: int) -> None:
        """Drop the events up to a position; the caller has them safe."""
        self._connection.execute("DELETE FROM outbox WHERE id <= ?", (position,))

    def _behind(self, position: int) -> list[Event]:
        self._seen = self._data_version()
        query = "SELECT id, type, bucket, object FROM outbox WHERE id > ? ORDER BY id LIMIT ?"
        return [Event(*row) for row in self._connection.execute(query, (position, _PAGE))]

    def _wait_for_a_commit(self) -> None:
        while self._data_version() == self._seen:
            time.sleep(_POLL_SECONDS)

    def _data_version(self) -> int:
        """A number that changes when another connection commits; cheap to ask for."""
        version: int
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return version
