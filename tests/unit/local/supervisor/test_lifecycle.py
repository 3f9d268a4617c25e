"""Histories of a cloud, played against the state machine: no process, no clock."""

import pytest

from local.supervisor.lifecycle import Lifecycle
from local.supervisor.messages import (
    Action,
    Announce,
    AnnounceEnd,
    AnnounceReady,
    Elapsed,
    Event,
    Exited,
    Healthy,
    Interrupted,
    Kill,
    Report,
    Start,
    Stop,
)
from local.supervisor.service import Accepts, Service


def service(name: str, **waits: tuple[str, ...]) -> Service:
    return Service(name, "a test", ("true",), health=Accepts(1), **waits)  # type: ignore[arg-type]


def task(name: str, **waits: tuple[str, ...]) -> Service:
    return Service(name, "a test", ("true",), **waits)  # type: ignore[arg-type]


class History:
    def __init__(self, *services: Service) -> None:
        self.lifecycle = Lifecycle(services, healthy_within_seconds=60, stop_grace_seconds=5)
        self.now = 0.0

    def __call__(self, event: Event, after: float = 0) -> list[Action]:
        self.now += after
        return self.lifecycle.react(event, self.now)

    def to_ready(self) -> "History":
        started = [action.name for action in self(Elapsed()) if isinstance(action, Start)]
        for name in started:
            self(Healthy(name))
        assert self.lifecycle.steady
        return self


@pytest.fixture
def pair() -> History:
    return History(service("a"), service("b")).to_ready()


def test_everything_that_waits_for_nothing_starts_at_once() -> None:
    assert History(service("a"), service("b"))(Elapsed()) == [Start("a"), Start("b")]


def test_a_service_starts_when_the_last_of_its_dependencies_is_healthy() -> None:
    happens = History(service("a"), service("b"), service("c", depends_on=("a", "b")))
    happens(Elapsed())
    assert happens(Healthy("b")) == [Announce("b")]
    assert happens(Healthy("a")) == [Start("c"), Announce("a")]
    assert happens(Healthy("c")) == [Announce("c"), AnnounceReady()]


def test_a_service_may_be_healthy_long_before_it_is_announced() -> None:
    happens = History(service("slow"), service("quick", announced_after=("slow",)))
    assert happens(Elapsed()) == [Start("slow"), Start("quick")]
    assert happens(Healthy("quick")) == []
    assert happens(Healthy("slow")) == [Announce("slow"), Announce("quick"), AnnounceReady()]


def test_ready_is_told_once() -> None:
    happens = History(service("a"))
    happens(Elapsed())
    assert happens(Healthy("a")) == [Announce("a"), AnnounceReady()]
    assert happens(Elapsed(), after=1000) == []


def test_a_task_that_ends_with_0_has_done_its_work() -> None:
    happens = History(task("provision"), service("a", announced_after=("provision",)))
    happens(Elapsed())
    happens(Healthy("a"))
    assert happens(Exited("provision", 0)) == [
        Announce("provision"),
        Announce("a"),
        AnnounceReady(),
    ]


def test_a_task_that_ends_otherwise_ends_the_cloud() -> None:
    happens = History(service("a"), task("provision"))
    happens(Elapsed())
    assert happens(Exited("provision", 1)) == [Report("provision", 1), Stop("a")]


def test_a_service_that_ends_with_0_was_not_meant_to(pair: History) -> None:
    assert pair(Exited("b", 0)) == [Report("b", 0), Stop("a")]


def test_services_stop_one_by_one_the_last_one_first(pair: History) -> None:
    assert pair(Interrupted()) == [AnnounceEnd(), Stop("b")]
    assert pair(Elapsed(), after=1) == []
    assert pair(Exited("b", 0)) == [Stop("a")]
    assert not pair.lifecycle.over
    assert pair(Exited("a", -15)) == []
    assert pair.lifecycle.over


def test_a_service_that_does_not_stop_in_time_is_killed_once(pair: History) -> None:
    pair(Interrupted())
    assert pair(Elapsed(), after=5) == []
    assert pair(Elapsed(), after=0.1) == [Kill("b")]
    assert pair(Elapsed(), after=1000) == []
    assert pair(Exited("b", -9)) == [Stop("a")]


def test_a_second_interrupt_kills_everything_at_once(pair: History) -> None:
    pair(Interrupted())
    assert pair(Interrupted()) == [Kill("a"), Kill("b")]
    pair(Exited("a", -9))
    pair(Exited("b", -9))
    assert pair.lifecycle.over


def test_a_service_that_gets_not_healthy_in_time_ends_the_cloud() -> None:
    happens = History(service("a"), service("b"))
    happens(Elapsed())
    happens(Healthy("a"))
    assert happens(Elapsed(), after=60) == []
    assert happens(Elapsed(), after=0.1) == [Report("b", None), Stop("b")]


def test_the_time_to_get_healthy_counts_from_the_service_s_own_start() -> None:
    happens = History(service("a"), service("b", depends_on=("a",)))
    happens(Elapsed())
    happens(Healthy("a"), after=59)
    assert happens(Elapsed(), after=59) == []
    assert happens(Elapsed(), after=2) == [Report("b", None), Stop("b")]


def test_only_the_first_failure_is_reported(pair: History) -> None:
    pair(Exited("a", 3))
    assert pair(Exited("b", 4)) == []
    assert pair.lifecycle.over


def test_an_interrupt_before_everything_started_starts_nothing_more() -> None:
    happens = History(service("a"), service("b", depends_on=("a",)))
    happens(Elapsed())
    assert happens(Interrupted()) == [AnnounceEnd(), Stop("a")]
    assert happens(Healthy("a")) == []
    happens(Exited("a", 0))
    assert happens.lifecycle.over


def test_an_interrupt_before_anything_started_is_the_end() -> None:
    happens = History(service("a"))
    assert happens(Interrupted()) == [AnnounceEnd()]
    assert happens.lifecycle.over
