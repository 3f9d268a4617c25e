"""How a process is seen to work: it accepts a connection, or it answers a request."""

import http.client
import socket
import time
from dataclasses import dataclass
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
