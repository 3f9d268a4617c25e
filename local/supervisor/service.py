"""One process of the cloud, described as data, and the checks of its health."""

import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 0.5


class HealthCheck(Protocol):
    """A question that is asked again and again until the answer is yes."""

    def passes(self) -> bool:
        """Whether the process works by now; False while it cannot be reached."""


@dataclass(frozen=True)
class Accepts:
    """Passes when the port of 127.0.0.1 accepts a connection."""

    port: int

    def passes(self) -> bool:
        """See `HealthCheck`."""
        try:
            socket.create_connection(("127.0.0.1", self.port), _TIMEOUT_SECONDS).close()
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Answers:
    """Passes when a GET of the URL answers 200; any proxy of the environment is passed by."""

    url: str

    def passes(self) -> bool:
        """See `HealthCheck`."""
        try:
            return self._status() == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False

    def _status(self) -> int:
        url = urlsplit(self.url)
        connection = http.client.HTTPConnection(url.netloc, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", f"{url.path or '/'}?{url.query}")
            return connection.getresponse().status
        finally:
            connection.close()


def passed_within(check: HealthCheck, seconds: float) -> bool:
    """Whether the check passes before the seconds are over; returns as soon as it does."""
    deadline = time.monotonic() + seconds
    while not check.passes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@dataclass(frozen=True)
class Service:
    """A process to start, how to see that it works, and what it waits for.

    Attributes:
        name: Short and unique; its log is `{name}.log`.
        purpose: What it is for, in a few words, for whoever reads the terminal.
        command: Program and arguments; the program is searched in the environment's PATH.
        environment: The whole environment of the process; nothing is inherited.
        health: Passes once the process works; None for a process that works by ending with 0.
        address: Where it is reached, for whoever reads the terminal.
        depends_on: Services that are healthy before this one is started.
        announced_after: Services that are announced before this one is, although it may start
            beside them: a slow import need not wait for what only the first request needs.
    """

    name: str
    purpose: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    health: HealthCheck | None = None
    address: str = ""
    depends_on: tuple[str, ...] = ()
    announced_after: tuple[str, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether the process does something once and ends, instead of serving."""
        return self.health is None
