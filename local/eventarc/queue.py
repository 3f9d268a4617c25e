"""What is still to be delivered, on disk; a delivery goes only when it was acknowledged."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from local.eventarc.events import Event
from local.storage.database import connect

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS deliveries (
    trigger TEXT NOT NULL,
    id INTEGER NOT NULL,
    type TEXT NOT NULL,
    bucket TEXT NOT NULL,
    object TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    queued_at REAL NOT NULL,
    due_at REAL NOT NULL,
    under_way INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (trigger, id)
);
CREATE INDEX IF NOT EXISTS due_deliveries ON deliveries (trigger, under_way, due_at);
CREATE TABLE IF NOT EXISTS progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL,
    delivered INTEGER NOT NULL
);
INSERT OR IGNORE INTO progress VALUES (1, 0, 0);
-- Nothing is under way in a process that has just started.
UPDATE deliveries SET under_way = 0;
"""


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one trigger's destination."""

    trigger: str
    event: Event
    attempts: int
    """Attempts that failed."""
    queued_at: float
    """Seconds since the epoch."""


class Queue:
    """All deliveries; workers take them, and give them back or finish them."""

    def __init__(self, path: Path, triggers: Iterable[str]):
        """Open the queue in a file; what waits there for any other trigger is dropped."""
        self._connection = connect(path)
        self._connection.executescript(_SCHEMA)
        self._lock = threading.Lock()
        self._news = {trigger: threading.Condition(self._lock) for trigger in triggers}
        self._drop_other_triggers()

    @property
    def position(self) -> int:
        """The id of the last event that was taken over from the outbox."""
        return self._number("SELECT position FROM progress")

    @property
    def pending(self) -> int:
        """How many deliveries are waiting or under way."""
        return self._number("SELECT count(*) FROM deliveries")

    @property
    def delivered(self) -> int:
        """How many deliveries were acknowledged, ever."""
        return self._number("SELECT delivered FROM progress")

    def accept(self, wanted: Sequence[tuple[str, Event]], position: int) -> None:
        """Take over events for the triggers that want them; from now on they are safe here."""
        with self._transaction():
            self._insert(wanted)
            self._connection.execute("UPDATE progress SET position = ?", (position,))

    def requeue(self, trigger: str, event: Event) -> None:
        """Deliver an event again, as if it were new."""
        with self._transaction():
            self._insert([(trigger, event)])

    def take(self, trigger: str) -> Delivery:
        """The delivery that is due first, for the caller alone; waits until there is one."""
        with self._lock:
            while (delivery := self._due(trigger)) is None:
                self._news[trigger].wait(self._seconds_until_due(trigger))
            return delivery

    def acknowledge(self, delivery: Delivery) -> None:
        """Finish a delivery that has arrived."""
        with self._transaction():
            self._delete(delivery)
            self._connection.execute("UPDATE progress SET delivered = delivered + 1")

    def drop(self, delivery: Delivery) -> None:
        """Finish a delivery that never arrived."""
        with self._transaction():
            self._delete(delivery)

    def postpone(self, delivery: Delivery, seconds: float) -> None:
        """Give a delivery back after a failed attempt."""
        with self._transaction():
            self._connection.execute(
                "UPDATE deliveries SET under_way = 0, attempts = attempts + 1, due_at = ?"
                " WHERE trigger = ? AND id = ?",
                (time.time() + seconds, delivery.trigger, delivery.event.id),
            )
            self._news[delivery.trigger].notify()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:
                yield

    def _drop_other_triggers(self) -> None:
        with self._transaction():
            queued = self._connection.execute("SELECT DISTINCT trigger FROM deliveries")
            gone = [(trigger,) for (trigger,) in queued if trigger not in self._news]
            self._connection.executemany("DELETE FROM deliveries WHERE trigger = ?", gone)

    def _insert(self, wanted: Sequence[tuple[str, Event]]) -> None:
        now = time.time()
        self._connection.executemany(
            "INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, ?, ?, 0, ?, ?, 0)",
            [(trigger, *astuple(event), now, now) for trigger, event in wanted],
        )
        for trigger, _ in wanted:
            self._news[trigger].notify()

    def _delete(self, delivery: Delivery) -> None:
        self._connection.execute(
            "DELETE FROM deliveries WHERE trigger = ? AND id = ?",
            (delivery.trigger, delivery.event.id),
        )

    def _due(self, trigger: str) -> Delivery | None:
        row = self._connection.execute(
            "UPDATE deliveries SET under_way = 1 WHERE rowid = ("
            " SELECT rowid FROM deliveries WHERE trigger = ? AND under_way = 0 AND due_at <= ?"
            " ORDER BY due_at, id LIMIT 1"
            ") RETURNING id, type, bucket, object, attempts, queued_at",
            (trigger, time.time()),
        ).fetchone()
        return Delivery(trigger, Event(*row[:4]), *row[4:]) if row else None

    def _seconds_until_due(self, trigger: str) -> float | None:
        (due_at,) = self._connection.execute(
            "SELECT min(due_at) FROM deliveries WHERE trigger = ? AND under_way = 0", (trigger,)
        ).fetchone()
        return None if due_at is None else max(0.0, due_at - time.time())

    def _number(self, query: str) -> int:
        with self._lock:
            number: int = self._connection.execute(query).fetchone()[0]
        return number
