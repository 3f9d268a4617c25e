"""The events that the lifecycle reacts to, and the actions that it returns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Elapsed:
    """Nothing happened, but time went by; the first one begins the cloud's life."""


@dataclass(frozen=True)
class Healthy:
    """The service's health check passed."""

    name: str


@dataclass(frozen=True)
class Exited:
    """The service's process ended; a negative code is the signal that killed it."""

    name: str
    code: int


@dataclass(frozen=True)
class Interrupted:
    """Somebody wants the cloud to end; twice means at once."""


Event = Elapsed | Healthy | Exited | Interrupted


@dataclass(frozen=True)
class Start:
    """Start the service's process."""

    name: str


@dataclass(frozen=True)
class Announce:
    """Print that the service is healthy."""

    name: str


@dataclass(frozen=True)
class AnnounceReady:
    """Print that every service is healthy."""


@dataclass(frozen=True)
class AnnounceEnd:
    """Print that the cloud is stopping."""


@dataclass(frozen=True)
class Report:
    """Print why the cloud ends: the service exited, or (code None) did not get healthy in time."""

    name: str
    code: int | None


@dataclass(frozen=True)
class Stop:
    """Ask the service's process to end."""

    name: str


@dataclass(frozen=True)
class Kill:
    """End the service's process group without asking."""

    name: str


Action = Start | Announce | AnnounceReady | AnnounceEnd | Report | Stop | Kill
