"""What happens to a cloud."""

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
