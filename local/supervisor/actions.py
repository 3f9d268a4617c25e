"""What is to be done about the events of a cloud."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Start:
    """Start the service's process."""

    name: str


@dataclass(frozen=True)
class Announce:
    """Tell that the service is there."""

    name: str


@dataclass(frozen=True)
class AnnounceReady:
    """Tell that every service is there."""


@dataclass(frozen=True)
class AnnounceEnd:
    """Tell that the interrupt was heard."""


@dataclass(frozen=True)
class Report:
    """Tell why the cloud ends: the service exited, or (code None) did not get healthy in time."""

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
