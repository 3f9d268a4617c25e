"""The processes that models are loaded in: a fork server for each runtime, started when needed."""

import logging
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

from jobs.pickles.limits import LIMITS, MIB
from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.model_session import ModelSession, SessionLimits
from jobs.sandbox.runtime_store import RuntimeStore
from jobs.sandbox.strict_policy import require_strict_runtime
from jobs.sandbox.system_calls import compiled_filter
from shared.errors import MlsysError
from shared.settings.settings import Settings

log = logging.getLogger(__name__)

# A warm server takes some 150 MB; more of them than a bucket's models need at a time.
_MOST_SERVERS = 4
# The longest that Cloud Run lets a task run.
_TASK_SECONDS = 168 * 3600
_LOAD_SECONDS = 600.0

INSPECTION_LIMITS = SessionLimits(
    memory_bytes=LIMITS.memory_bytes,
    cpu_seconds=LIMITS.cpu_seconds,
    load_seconds=LIMITS.wall_seconds,
    batch_seconds=LIMITS.wall_seconds,
    slot_bytes=16 * MIB,
)


def prediction_limits(settings: Settings) -> SessionLimits:
    """The limits of a model that scores: the machine's memory, and the task's time."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return SessionLimits(
        memory_bytes=memory,
        cpu_seconds=_TASK_SECONDS,
        load_seconds=_LOAD_SECONDS,
        batch_seconds=settings.batch_seconds,
    )


class ModelProcesses:
    """Opens sessions with models, each in a process of its own. Threads may share it."""

    def __init__(self, store: RuntimeStore, *, needs_wall: bool = True, is_strict: bool = False):
        """Start nothing yet.

        Args:
            store: finds the runtimes.
            needs_wall: False loads models without a wall, which every session logs.
            is_strict: whether models are loaded by exact names.
        """
        self.store = store
        self.needs_wall = needs_wall
        self._is_strict = is_strict
        self._servers: dict[Path, ForkServer] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The processes of a deployment."""
        store = RuntimeStore.of(settings)
        return cls(store, needs_wall=settings.needs_wall, is_strict=settings.is_strict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self, runtime: str) -> None:
        """Begin to start a runtime's server; an error comes when a session is opened."""
        with suppress(MlsysError):
            self._server(self._interpreter(runtime))

    def open(
        self,
        runtime: str,
        limits: SessionLimits,
        *,
        channels: int = 1,
        libraries: Iterable[str] = (),
    ) -> ModelSession:
        """A session in a runtime of the catalogue.

        Raises:
            FailedPrecondition: when there is no such runtime, the policy strict cannot use it, or
                no wall can be built here.
            Transient: when its server has ended.
        """
        interpreter = self._interpreter(runtime)
        return self.open_in(interpreter, limits, channels=channels, libraries=libraries)

    def open_here(
        self, limits: SessionLimits, *, channels: int = 1, libraries: Iterable[str] = ()
    ) -> ModelSession:
        """A session in this process's own environment, e.g. that of a model's author.

        Raises:
            FailedPrecondition, Transient: as `open`.
        """
        interpreter = Path(sys.executable)
        return self.open_in(interpreter, limits, channels=channels, libraries=libraries)

    def open_in(
        self, interpreter: Path, limits: SessionLimits, *, channels: int, libraries: Iterable[str]
    ) -> ModelSession:
        """A session in the environment of an interpreter."""
        wall = self._wall()
        return ModelSession(
            self._server(interpreter), limits, wall=wall, channels=channels, libraries=libraries
        )

    def _interpreter(self, name: str) -> Path:
        for runtime in self.store.catalog:
            if self._is_strict and runtime.name == name:
                require_strict_runtime(runtime)
        return self.store.interpreter(name)

    def _wall(self) -> bytes | None:
        if self.needs_wall:
            return compiled_filter()
        log.warning("MLSYS_MODEL_WALL=off: a model is loaded with all that this machine permits")
        return None

    def _server(self, interpreter: Path) -> ForkServer:
        with self._lock:
            server = self._servers.pop(interpreter, None)
            if server and not server.is_running:
                server.close()
                server = None
            if server is None:
                server = ForkServer(interpreter, is_strict=self._is_strict)
            self._servers[interpreter] = server  # the last of the dictionary: the newest in use
            while len(self._servers) > _MOST_SERVERS and self._close_idle():
                pass
            return server

    def _close_idle(self) -> bool:
        """Close the server that was used longest ago, if it serves no session."""
        for interpreter, server in list(self._servers.items())[:-1]:
            if not server.sessions:
                del self._servers[interpreter]
                server.close()
                return True
        return False

    def close(self) -> None:
        """End every server, and every session with it."""
        with self._lock:
            for server in self._servers.values():
                server.close()
            self._servers.clear()
