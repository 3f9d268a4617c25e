"""Fires jobs when they are due, and brings firings to their targets, again if it must be."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from local.database import Database
from local.google_json import NotFoundError, timestamp
from local.scheduler.delivery import Dispatcher
from local.scheduler.firings import Firing, Firings
from local.scheduler.job import Job
from local.scheduler.jobs import Jobs
from local.serving import start_thread

_LONGEST_SLEEP_SECONDS = 30  # a laptop that was asleep looks at its clock again
_UNKNOWN = 2  # google.rpc.Code

log = logging.getLogger("scheduler")


class Clock:
    """Jobs in, requests out."""

    def __init__(
        self, database: Database, jobs: Jobs, dispatcher: Dispatcher, now: Callable[[], datetime]
    ):
        self._database = database
        self._jobs = jobs
        self._firings = Firings(database)
        self._dispatcher = dispatcher
        self._now = now
        self._news = threading.Event()
        self._to_duplicate = 0
        self._delivered = 0

    def counts(self) -> dict[str, int]:
        """How many firings are still to be delivered, and how many were since the start."""
        return {"pending": self._firings.pending, "delivered": self._delivered}

    def duplicate(self, times: int) -> None:
        """Let so many of the next firings be delivered twice, as the real service may at any time.

        https://cloud.google.com/scheduler/docs/overview: at least once.
        """
        with self._database.lock:
            self._to_duplicate += times

    def fire(self, name: str, slot: datetime) -> None:
        """Queue a slot of a job."""
        with self._database.transaction():
            twice = self._to_duplicate > 0
            self._to_duplicate -= twice
            self._firings.add(name, slot, self._now(), copies=2 if twice else 1)
        self.wake()

    def wake(self) -> None:
        """Let the clock look again at what is due."""
        self._news.set()

    def run_forever(self) -> None:
        """Fire and deliver what is due, whenever it is."""
        while True:
            self._news.clear()
            self._news.wait(self.advance())

    def advance(self) -> float:
        """Fire and begin to deliver what is due; return after how many seconds to look again.

        A slow target holds up nobody else.
        """
        self._fire_due()
        for firing in self._firings.take(self._now()):
            start_thread(self._deliver, firing)
        return self._seconds_until_due()

    def _fire_due(self) -> None:
        with self._database.transaction():  # a slot is passed and queued, or neither
            for name, slot in self._jobs.pass_due(self._now()):
                self.fire(name, slot)

    def _seconds_until_due(self) -> float:
        due_at = self._firings.next_due_at()
        if due_at is None:
            return _LONGEST_SLEEP_SECONDS
        return min(_LONGEST_SLEEP_SECONDS, max(0.0, due_at - self._now().timestamp()))

    def _deliver(self, firing: Firing) -> None:
        try:
            job = self._jobs.get(firing.job)
        except NotFoundError:  # deleted meanwhile
            self._firings.finish(firing)
            return
        failure = self._dispatcher.failure(job, firing.slot)
        now = self._now()
        status = {"code": _UNKNOWN, "message": failure} if failure else {}
        self._jobs.record_attempt(job.name, lastAttemptTime=timestamp(now), status=status)
        if failure is None:
            self._finish_delivered(firing)
        elif self._gives_up(job, firing, failure, now.timestamp()):
            self._firings.finish(firing)

    def _finish_delivered(self, firing: Firing) -> None:
        with self._database.lock:
            self._firings.finish(firing)
            self._delivered += 1

    def _gives_up(self, job: Job, firing: Firing, failure: str, now: float) -> bool:
        """Whether that was the last attempt; if not, the firing is tried again later."""
        attempts, policy = firing.attempts + 1, job.retries
        attempt = f"{job.short_name}, slot {timestamp(firing.slot)}: attempt {attempts} failed"
        if policy.gives_up(attempts, now - firing.queued_at):
            log.error("%s, given up: %s", attempt, failure)
            return True
        delay = policy.delay_seconds(attempts)
        log.warning("%s, again in %g s: %s", attempt, delay, failure)
        self._firings.postpone(firing, now + delay)
        self.wake()
        return False
