"""One process of the cloud, described as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.supervisor.health import HealthCheck


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
