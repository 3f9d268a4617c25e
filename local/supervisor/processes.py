"""The running processes of the cloud: start, ask to end, kill, see which ended.

Orphans are what a cloud left behind, known by a mark that all its processes inherit. The mark
finds what process ids and groups miss: grandchildren in sessions of their own, and what survived
a supervisor that was killed. By then a recorded process id may be somebody else's; a mark in a
process's own environment cannot.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no type information

from local.supervisor.service import Service

_LAUNCHER = Path(__file__).with_name("launcher.py")

_MARK = "MLSYS_LOCAL_CLOUD"
_ROUNDS = 5  # a process may start another between being seen and being killed


class Processes:
    """Child processes by the name of their service, each the leader of its own session.

    A session of its own keeps a terminal's Ctrl-C and hang-up away from the services: the
    supervisor alone decides who ends, and when.

    Args:
        logs: Folder of the logs; a service's log begins anew when it is started.
        working_directory: Where the commands run.
        environment: Added to the environment of each.
    """

    def __init__(self, logs: Path, working_directory: Path, environment: Mapping[str, str]):
        self._logs = logs
        self._working_directory = working_directory
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def log(self, name: str) -> Path:
        """Return where the service's output goes."""
        return self._logs / f"{name}.log"

    def start(self, service: Service) -> None:
        """Start the service's command; one that cannot be started exits with 127."""
        with self.log(service.name).open("wb") as log:
            self._running[service.name] = subprocess.Popen(
                [sys.executable, "-I", "-S", _LAUNCHER, str(os.getpid()), *service.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._working_directory,
                env={**service.environment, **self._environment},
                start_new_session=True,
            )

    def ended(self) -> list[tuple[str, int]]:
        """Return and forget the processes that ended: their names and exit codes."""
        codes = {name: process.poll() for name, process in self._running.items()}
        ended = [(name, code) for name, code in codes.items() if code is not None]
        for name, _ in ended:
            del self._running[name]
        return ended

    def stop(self, name: str) -> None:
        """Send SIGTERM to the process, which passes it on to its own as it sees fit."""
        if name in self._running:
            self._running[name].terminate()

    def kill(self, name: str) -> None:
        """Send SIGKILL to the process and its group."""
        if name in self._running:
            with suppress(ProcessLookupError):
                os.killpg(self._running[name].pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill whatever still runs, and wait for it."""
        for name, process in self._running.items():
            self.kill(name)
            process.wait()
        self._running.clear()


def mark(home: Path) -> dict[str, str]:
    """Return the environment variable by which the processes of this home's cloud are known."""
    return {_MARK: str(home)}


def orphans(home: Path) -> list[psutil.Process]:
    """Return the running processes that bear this home's mark."""
    return [process for process in psutil.process_iter() if _marked_home(process) == str(home)]


def kill_orphans(home: Path) -> None:
    """Kill every process that bears this home's mark."""
    for _ in range(_ROUNDS):
        left = orphans(home)
        if not left:
            return
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=1)


def _marked_home(process: psutil.Process) -> str | None:
    try:
        home: str | None = process.environ().get(_MARK)
    except (psutil.Error, OSError):  # somebody else's, or gone
        return None
    return home
