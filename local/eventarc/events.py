"""Events of Cloud Storage: read from its outbox, written as HTTP requests of CloudEvents.

https://cloud.google.com/eventarc/docs/cloudevents-json
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

import json
import string
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from local.storage.database import FILE_NAME, connect
from local.storage.resources import timestamp

_PAGE = 500
_POLL_SECONDS = 0.02

# What the specification lets stand in a header; everything else is percent-encoded.
_PRINTABLE = "".join(set(string.printable) - set(string.whitespace) - set('"%'))


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


def http_headers(event: Event) -> dict[str, str]:
    """The attributes of an event, as headers of an HTTP request in CloudEvents' binary mode."""
    return {
        "ce-id": str(event.id),
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "ce-specversion": "1.0",
        "ce-type": event.type,
        "ce-subject": quote(f"objects/{_object_name(event)}", safe=_PRINTABLE),
        "ce-time": timestamp(event.id),
        "ce-bucket": event.bucket,
        "ce-datacontenttype": "application/json",
        "content-type": "application/json",
    }


def http_body(event: Event) -> bytes:
    """The body of that request: the object's resource as JSON."""
    return event.object.encode()


def _object_name(event: Event) -> str:
    name: str = json.loads(event.object)["name"]
    return name
