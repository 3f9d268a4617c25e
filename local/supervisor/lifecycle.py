"""The cloud's life as a pure state machine: events and the time go in, actions come out.

The states of a service:

    waiting ── dependencies healthy ──► starting ── check passes ──► healthy ──► announced
    any of these ── interrupt, or one service failed ──► stopped one by one, last one first
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum, auto
from math import inf

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
from local.supervisor.service import Service


class _Phase(IntEnum):
    WAITING = auto()
    STARTING = auto()
    HEALTHY = auto()
    ANNOUNCED = auto()


class Lifecycle:
    """What is to be done next, given what happened so far.

    Args:
        services: In an order in which each comes after those that it names.
        healthy_within_seconds: A started service that is not healthy by then has failed.
        stop_grace_seconds: A service that was asked to stop and still runs then is killed.
    """

    def __init__(
        self,
        services: Sequence[Service],
        healthy_within_seconds: float = 60,
        stop_grace_seconds: float = 10,
    ):
        self._services = {service.name: service for service in services}
        self._healthy_within_seconds = healthy_within_seconds
        self._stop_grace_seconds = stop_grace_seconds
        self._phases = dict.fromkeys(self._services, _Phase.WAITING)
        self._deadlines = dict.fromkeys(self._services, inf)
        self._alive: set[str] = set()
        self._stopped: set[str] = set()
        self._ending = False

    @property
    def over(self) -> bool:
        """Whether the cloud has ended and no process is left."""
        return self._ending and not self._alive

    @property
    def steady(self) -> bool:
        """Whether nothing is awaited: everything was announced and nothing is being stopped."""
        return not self._ending and self._all_in(_Phase.ANNOUNCED, tuple(self._services))

    @property
    def starting(self) -> list[str]:
        """Services whose health is to be checked."""
        return [name for name in self._by_age() if self._phases[name] is _Phase.STARTING]

    def react(self, event: Event, now: float) -> list[Action]:
        """Apply an event and return everything that is due at the time `now` (seconds)."""
        return [*self._applied(event), *(self._endings(now) if self._ending else self._steps(now))]

    def _applied(self, event: Event) -> list[Action]:
        match event:
            case Healthy(name):
                self._phases[name] = _Phase.HEALTHY
            case Exited(name, code):
                return self._exited(name, code)
            case Interrupted() if self._ending:
                return [Kill(name) for name in self._by_age()]
            case Interrupted():
                self._ending = True
                return [AnnounceEnd()]
            case Elapsed():
                pass
        return []

    def _exited(self, name: str, code: int) -> list[Action]:
        self._alive.discard(name)
        if self._ending:
            return []
        if self._services[name].ends and code == 0:
            self._phases[name] = _Phase.HEALTHY
            return []
        return self._failed(name, code)

    def _failed(self, name: str, code: int | None) -> list[Action]:
        self._ending = True
        return [Report(name, code)]

    def _steps(self, now: float) -> Iterator[Action]:
        yield from self._starts(now)
        yield from self._announcements()
        overdue = [name for name in self.starting if now > self._deadlines[name]]
        if overdue:
            yield from self._failed(overdue[0], None)
            yield from self._endings(now)

    def _starts(self, now: float) -> Iterator[Action]:
        for name, service in self._services.items():
            waiting = self._phases[name] is _Phase.WAITING
            if waiting and self._all_in(_Phase.HEALTHY, service.depends_on):
                self._phases[name] = _Phase.STARTING
                self._deadlines[name] = now + self._healthy_within_seconds
                self._alive.add(name)
                yield Start(name)

    def _announcements(self) -> list[Action]:
        announced: list[Action] = [Announce(name) for name in self._newly_announced()]
        return [*announced, AnnounceReady()] if announced and self.steady else announced

    def _newly_announced(self) -> Iterator[str]:
        for name, service in self._services.items():
            healthy = self._phases[name] is _Phase.HEALTHY
            if healthy and self._all_in(_Phase.ANNOUNCED, service.announced_after):
                self._phases[name] = _Phase.ANNOUNCED
                yield name

    def _all_in(self, phase: _Phase, names: tuple[str, ...]) -> bool:
        return all(self._phases[name] >= phase for name in names)

    def _endings(self, now: float) -> Iterator[Action]:
        alive = self._by_age()
        if not alive:
            return
        last = alive[-1]
        if last not in self._stopped:
            self._stopped.add(last)
            self._deadlines[last] = now + self._stop_grace_seconds
            yield Stop(last)
        elif now > self._deadlines[last]:
            self._deadlines[last] = inf
            yield Kill(last)

    def _by_age(self) -> list[str]:
        return [name for name in self._services if name in self._alive]
