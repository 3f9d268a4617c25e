"""Process groups: start one, wait for it, stop it, and find the ones that a dead parent left."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import psutil  # type: ignore[import-untyped]  # ships no types

from local.cloud_run.tasks import STOPPED, TIMED_OUT, AttemptResult, ProcessIdentity, exited


class TaskProcess:
    """One attempt: a process in a session of its own, whose group ends with it.

    As in a container, nothing survives the first process. One that leaves the session by itself
    (`setsid`) is out of reach.
    """

    def __init__(
        self, argv: list[str], environment: Mapping[str, str], folder: Path, log: BinaryIO
    ) -> None:
        """Start the process; raises OSError when it cannot be."""
        self._stopped_as: AttemptResult | None = None
        self._exited = False
        self._lock = threading.Lock()
        self._killer: threading.Timer | None = None
        self._process = subprocess.Popen(
            argv,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def identity(self) -> ProcessIdentity:
        """Whom to look for after a restart; to be asked before `result`, which reaps."""
        return ProcessIdentity(self._process.pid, _creation_time(self._process.pid))

    def result(self, timeout_seconds: float, grace_seconds: float) -> AttemptResult:
        """Wait for the end, or bring it about after the time-out."""
        with _timer(timeout_seconds, self.stop, grace_seconds, TIMED_OUT):
            returncode = self._wait()
        return self._stopped_as or exited(returncode)

    def stop(self, grace_seconds: float, reason: AttemptResult = STOPPED) -> None:
        """Ask the group to end, and kill it after the grace period; returns at once."""
        with self._lock:
            if self._exited or self._stopped_as:
                return
            self._stopped_as = reason
            self._signal(signal.SIGTERM)
            self._killer = threading.Timer(grace_seconds, self._kill)
            self._killer.daemon = True
            self._killer.start()

    def _wait(self) -> int:
        # Unreaped, the leader keeps the group's id from being given to somebody else.
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            self._exited = True
            self._signal(signal.SIGKILL)
            if self._killer:
                self._killer.cancel()
            return self._process.wait()

    def _kill(self) -> None:
        with self._lock:
            if not self._exited:
                self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # macOS refuses a group of zombies with PermissionError.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


@contextmanager
def _timer(seconds: float, function: object, *arguments: object) -> Iterator[None]:
    timer = threading.Timer(seconds, function, arguments)  # type: ignore[arg-type]  # any callable
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def kill_lost(process: ProcessIdentity | None, variables: Mapping[str, str]) -> None:
    """Kill the group of an attempt whose parent died.

    A parent that died before it wrote the process down left one that carries `variables`.
    """
    for pid in _groups_with(variables) if process is None else [process.pid]:
        if process is None or not _is_reused(process):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _is_reused(process: ProcessIdentity) -> bool:
    # Of a group that lost its leader, the id is given to nobody as long as a member lives.
    with suppress(psutil.NoSuchProcess):
        return _creation_time(process.pid) != process.created
    return False


def _groups_with(variables: Mapping[str, str]) -> set[int]:
    groups = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if variables.items() <= process.environ().items():
                groups.add(os.getpgid(process.pid))
    return groups


def _creation_time(pid: int) -> float:
    return float(psutil.Process(pid).create_time())
