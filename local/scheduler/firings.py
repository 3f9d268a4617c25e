"""What is still to be delivered, on disk; a firing goes only when it was delivered or given up."""

from dataclasses import dataclass
from datetime import UTC, datetime

from local.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS firings (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    slot REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    queued_at REAL NOT NULL,
    due_at REAL NOT NULL,
    under_way INTEGER NOT NULL DEFAULT 0
);
-- Nothing is under way in a process that has just started.
UPDATE firings SET under_way = 0;
"""
_ADD = "INSERT INTO firings (job, slot, queued_at, due_at) VALUES (?, ?, ?, ?)"
_TAKE = (
    "UPDATE firings SET under_way = 1 WHERE under_way = 0 AND due_at <= ?"
    " RETURNING sequence, job, slot, attempts, queued_at"
)
_POSTPONE = "UPDATE firings SET under_way = 0, attempts = ?, due_at = ? WHERE sequence = ?"
_NEXT = (
    "SELECT min(due_at) FROM (SELECT due_at FROM jobs"
    " UNION ALL SELECT due_at FROM firings WHERE under_way = 0)"
)


@dataclass(frozen=True)
class Firing:
    """One delivery of a slot of a job; a slot that is delivered twice has two."""

    sequence: int
    job: str
    slot: datetime
    attempts: int
    """Attempts that failed."""
    queued_at: float
    """Seconds since the epoch."""


class Firings:
    """All firings."""

    def __init__(self, database: Database):
        self._database = database

    @property
    def pending(self) -> int:
        """How many are waiting or under way."""
        count: int = self._database.rows("SELECT count(*) FROM firings")[0][0]
        return count

    def add(self, job: str, slot: datetime, now: datetime, copies: int) -> None:
        """Queue a slot of a job, so many times."""
        row = (job, slot.timestamp(), now.timestamp(), now.timestamp())
        self._database.put_many(_ADD, [row] * copies)

    def take(self, now: datetime) -> list[Firing]:
        """What is due, for the caller alone."""
        rows = self._database.rows(_TAKE, [now.timestamp()])
        return [
            Firing(sequence, job, datetime.fromtimestamp(slot, UTC), *rest)
            for sequence, job, slot, *rest in rows
        ]

    def postpone(self, firing: Firing, until: float) -> None:
        """Give a firing back after a failed attempt, until a time in seconds since the epoch."""
        self._database.rows(_POSTPONE, [firing.attempts + 1, until, firing.sequence])

    def finish(self, firing: Firing) -> None:
        """Drop a firing that was delivered, or that nobody tries to deliver any more."""
        self._database.rows("DELETE FROM firings WHERE sequence = ?", [firing.sequence])

    def next_due_at(self) -> float | None:
        """When a job or a firing is due next, in seconds since the epoch."""
        due_at: float | None = self._database.rows(_NEXT)[0][0]
        return due_at
