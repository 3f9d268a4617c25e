from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3

from local.database import Database
from local.scheduler import firings, jobs
from local.scheduler.clock import Clock
from local.scheduler.delivery import Dispatcher
from local.scheduler.job import Job
from local.scheduler.jobs import Jobs
from tests.waiting import wait_for

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAME = "projects/p/locations/l/jobs/hourly"
HOURLY = Job.of({"name": NAME, "schedule": "0 * * * *", "httpTarget": {"uri": "http://nowhere"}})


class RecordingDispatcher(Dispatcher):
    """Notes the slots, and delivers nothing."""

    def failure(self, job: Job, slot: datetime) -> None:
        self.routes.append((job.short_name, slot))  # type: ignore[arg-type]  # a list is a list


class World:
    def __init__(self, path: Path) -> None:
        self.now = NOON - timedelta(minutes=10)
        self.database = Database(path, jobs.SCHEMA + firings.SCHEMA)
        self.jobs = Jobs(self.database)
        self.notes: list[tuple[str, datetime]] = []
        dispatcher = RecordingDispatcher(self.notes, urllib3.PoolManager())  # type: ignore[arg-type]
        self.clock = Clock(self.database, self.jobs, dispatcher, lambda: self.now)

    def advance_to(self, now: datetime) -> list[tuple[str, datetime]]:
        self.now = now
        self.clock.advance()
        wait_for(lambda: not self.clock.counts()["pending"])
        return self.notes


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "scheduler.db")
    yield world
    world.database.close()


def test_a_job_fires_at_its_times_and_once_a_slot(world: World) -> None:
    world.jobs.create(HOURLY, world.now)
    assert world.advance_to(NOON - timedelta(seconds=1)) == []
    assert world.advance_to(NOON) == [("hourly", NOON)]
    assert world.advance_to(NOON + timedelta(minutes=59)) == [("hourly", NOON)]
    late = NOON + timedelta(minutes=60, seconds=20)  # the slot's time, not that of the delivery
    assert world.advance_to(late)[1:] == [("hourly", NOON + timedelta(hours=1))]


def test_a_paused_job_does_not_fire(world: World) -> None:
    world.jobs.create(HOURLY.with_fields(state="PAUSED"), world.now)
    assert world.advance_to(NOON) == []


def test_slots_that_passed_while_nothing_ran_are_not_made_up_for(world: World) -> None:
    world.jobs.create(HOURLY, world.now)
    world.jobs.skip_missed(NOON + timedelta(hours=5, minutes=1))
    assert world.advance_to(NOON + timedelta(hours=5, minutes=2)) == []


def test_what_became_of_a_delivery_leaves_the_next_slot_alone(world: World) -> None:
    kept = world.jobs.create(HOURLY, world.now)
    world.now = NOON + timedelta(seconds=1)  # due, and not fired yet
    world.jobs.record_attempt(NAME, status={})
    assert world.jobs.get(NAME).resource["scheduleTime"] == kept.resource["scheduleTime"]
    assert world.advance_to(world.now) == [("hourly", NOON)]


def test_a_firing_of_a_job_that_is_gone_is_dropped(world: World) -> None:
    world.jobs.create(HOURLY, world.now)
    world.clock.fire(NAME, world.now)
    world.jobs.delete(NAME)
    assert world.advance_to(world.now) == []
