"""The jobs, on disk, each with the time when it is due."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.database import Database
from local.google_json import AlreadyExistsError, NotFoundError, timestamp
from local.scheduler.job import Job

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    name TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    due_at REAL
);
"""
_PUT = (
    "INSERT INTO jobs VALUES (?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET resource = excluded.resource, due_at = excluded.due_at"
)
_LIST = "SELECT resource, due_at FROM jobs ORDER BY name"
_GET = "SELECT resource, due_at FROM jobs WHERE name = ?"
_DUE = "SELECT resource, due_at FROM jobs WHERE due_at <= ?"


class Jobs:
    """All jobs."""

    def __init__(self, database: Database):
        self._database = database

    def within(self, parent: str) -> list[Job]:
        """The jobs of a location, by name."""
        jobs = [_job(row) for row in self._database.rows(_LIST)]
        return [job for job in jobs if job.name.startswith(f"{parent}/jobs/")]

    def get(self, name: str) -> Job:
        """The job of a name.

        Raises:
            NotFoundError: when there is none.
        """
        if rows := self._database.rows(_GET, [name]):
            return _job(rows[0])
        raise NotFoundError(f"Job not found: {name}")

    def create(self, job: Job, now: datetime) -> Job:
        """Keep a new job, and return it as it is kept.

        Raises:
            AlreadyExistsError: when its name is taken.
        """
        with self._database.transaction():
            if self._database.rows(_GET, [job.name]):
                raise AlreadyExistsError(f"Job [{job.name}] already exists.")
            return self._put(job, now)

    def update(self, name: str, change: Callable[[Job], Job], now: datetime) -> Job:
        """Change a job, and return it as it is kept: due at its next slot from now on."""
        with self._database.transaction():
            return self._put(change(self.get(name)), now)

    def record_attempt(self, name: str, **fields: object) -> None:
        """Keep what became of a delivery, if the job is still there; when it is due stays."""
        with self._database.transaction():
            for row in self._database.rows(_GET, [name]):
                text = json.dumps(_job(row).with_fields(**fields).resource)
                self._database.rows("UPDATE jobs SET resource = ? WHERE name = ?", [text, name])

    def delete(self, name: str) -> None:
        """Forget a job."""
        with self._database.transaction():
            self.get(name)
            self._database.rows("DELETE FROM jobs WHERE name = ?", [name])

    def skip_missed(self, now: datetime) -> None:
        """Let every job be due anew: what was missed while nothing ran here is not made up for."""
        with self._database.transaction():
            for row in self._database.rows(_LIST):
                self._put(_job(row), now)

    def pass_due(self, now: datetime) -> list[tuple[str, datetime]]:
        """Names and slots of the jobs that are due; from then on each is due at its next slot."""
        with self._database.transaction():
            due = self._database.rows(_DUE, [now.timestamp()])
            for row in due:
                self._put(_job(row), now)
            return [(_job(row).name, datetime.fromtimestamp(row[1], UTC)) for row in due]

    def _put(self, job: Job, now: datetime) -> Job:
        slot = job.next_slot(now).timestamp() if job.is_enabled else None
        text = json.dumps(job.resource)
        self._database.rows(_PUT, (job.name, text, slot))
        return _job((text, slot))


def _job(row: tuple[Any, ...]) -> Job:
    resource, due_at = row
    slot = None if due_at is None else datetime.fromtimestamp(due_at, UTC)
    return Job(json.loads(resource)).with_fields(scheduleTime=timestamp(slot))
