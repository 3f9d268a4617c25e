"""Starts the stand-ins as the processes that they are, and ends them in every manner."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

START_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Server:
    """`python -m module --port P ...` in a process group of its own."""

    def __init__(self, module: str, log: Path, *arguments: str | Path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._command = [sys.executable, "-m", module, "--port", str(self.port), *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stderr=log, start_new_session=True)
        eventually(self._is_healthy, START_SECONDS)
        return self

    def kill(self) -> None:
        """kill -9, workers included."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill_parent(self) -> None:
        """kill -9 of the first process alone: its worker notices a moment later."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> float:
        """SIGTERM; returns the seconds that it took."""
        assert self._process
        began = time.monotonic()
        self._process.terminate()
        self._process.wait(timeout=10)
        return time.monotonic() - began

    def _is_healthy(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log.read_text()
        try:
            return requests.get(self.url, timeout=5).ok
        except requests.ConnectionError:
            return False
