"""Carries out the lifecycle's actions, and reports events to it."""

import queue
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

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
from local.supervisor.processes import Processes
from local.supervisor.service import Service

_ATTENTIVE_SECONDS = 0.05  # between two looks while something is awaited
_STEADY_SECONDS = 0.25  # between two looks at a cloud that just runs

_TAIL_LINES = 12


class Supervisor:
    """Runs services from their start to their end.

    Args:
        services: In an order in which each comes after those that it names.
        processes: Where they run.
        say: Prints a line.
        on_ready: Called once, when every service was announced.
        healthy_within_seconds: How long each service may take from its start.
        stop_grace_seconds: How long each service may take to stop.
    """

    def __init__(
        self,
        services: Sequence[Service],
        processes: Processes,
        say: Callable[[str], None],
        *,
        on_ready: Callable[[], None] = lambda: None,
        healthy_within_seconds: float = 60,
        stop_grace_seconds: float = 10,
    ):
        self._services = {service.name: service for service in services}
        self._widths = column_widths(services)
        self._processes = processes
        self._say = say
        self._on_ready = on_ready
        self._healthy_within_seconds = healthy_within_seconds
        self._lifecycle = Lifecycle(services, healthy_within_seconds, stop_grace_seconds)
        self._interrupts: queue.SimpleQueue[Interrupted] = queue.SimpleQueue()
        self.failure: str | None = None

    def run(self) -> None:
        """Start every service and return when all of them have ended, whatever the reason."""
        try:
            while not self._lifecycle.over:
                for event in self._events():
                    self._react(event)
        finally:
            self._processes.kill_all()

    def interrupt(self) -> None:
        """End the cloud; a second call ends it at once. For any thread and any signal handler."""
        self._interrupts.put(Interrupted())

    def _events(self) -> Iterator[Event]:
        yield Elapsed()
        interrupts = self._wait()
        # Exits come before an interrupt, after which they would not be reported.
        yield from (Exited(name, code) for name, code in self._processes.ended())
        for name in self._lifecycle.starting:
            check = self._services[name].health
            if check and check.passes():
                yield Healthy(name)
        yield from interrupts

    def _wait(self) -> list[Interrupted]:
        seconds = _STEADY_SECONDS if self._lifecycle.steady else _ATTENTIVE_SECONDS
        try:
            return [self._interrupts.get(timeout=seconds)]
        except queue.Empty:
            return []

    def _react(self, event: Event) -> None:
        for action in self._lifecycle.react(event, time.monotonic()):
            self._perform(action)

    def _perform(self, action: Action) -> None:
        match action:
            case Start(name):
                self._processes.start(self._services[name])
            case Announce(name):
                self._say(healthy_line(self._services[name], self._widths))
            case AnnounceReady():
                self._on_ready()
            case AnnounceEnd():
                self._say("stopping; once more stops it at once")
            case Report(name, code):
                self._report(name, code)
            case Stop(name):
                self._processes.stop(name)
            case Kill(name):
                self._processes.kill(name)

    def _report(self, name: str, code: int | None) -> None:
        log = self._processes.log(name)
        lines = failure_lines(name, code, self._healthy_within_seconds, log)
        self.failure = "\n".join(lines)
        for line in lines:
            self._say(line)


def healthy_line(service: Service, widths: tuple[int, int]) -> str:
    """Return name, address and purpose in columns of the given widths."""
    name_width, address_width = widths
    line = f"{service.name:<{name_width}}  {service.address:<{address_width}}  {service.purpose}"
    return line.rstrip()


def column_widths(services: Sequence[Service]) -> tuple[int, int]:
    """Return the widths of the longest name and the longest address."""
    return (
        max(len(service.name) for service in services),
        max(len(service.address) for service in services),
    )


def failure_lines(name: str, code: int | None, seconds: float, log: Path) -> list[str]:
    """Return one line that says what happened to the service, and the end of its log."""
    what = f"was not healthy within {seconds:.0f} s" if code is None else f"ended {_how(code)}"
    return [f"{name} {what}; its log is {log}", *(f"    {line}" for line in _tail(log))]


def _how(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    return f"by signal {signal.Signals(-code).name}"


def _tail(log: Path) -> list[str]:
    with log.open(encoding="utf-8", errors="replace") as lines:
        return [line.rstrip() for line in deque(lines, _TAIL_LINES)]
