import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.supervisor.processes import orphans

REPOSITORY = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("placeholder_up.py")


class Up:
    """A running `up` with placeholder services, its output, and the processes of its cloud."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home.resolve()
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, SCRIPT, home, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )

    def until(self, text: str) -> "Up":
        assert self.process.stdout
        while text not in self.output:
            line = self.process.stdout.readline()
            assert line, f"{text!r} was never said in:\n{self.output}"
            self.output += line
        return self

    def until_end(self) -> int:
        assert self.process.stdout
        self.output += self.process.stdout.read()
        return self.process.wait()

    def stop_at_once(self) -> "Up":
        # The gateway ignores SIGTERM; a second signal spares the test its grace.
        return self.send(signal.SIGINT).until("stopping").send(signal.SIGINT)

    def send(self, number: signal.Signals) -> "Up":
        self.process.send_signal(number)
        return self

    def children(self) -> list[psutil.Process]:
        return orphans(self.home)

    def server(self, name: str) -> psutil.Process:
        port = next(line for line in self.output.splitlines() if line.startswith(name))
        port = port.split(":")[2].split()[0]
        return next(each for each in self.children() if each.cmdline()[-1] == port)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "cloud"


@pytest.fixture
def start_up() -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(home: Path, *arguments: str) -> Up:
        started.append(Up(home, *arguments))
        return started[-1]

    yield start
    for up in started:
        up.process.kill()
        up.process.wait()
        if up.process.stdout:
            up.process.stdout.close()
        for process in up.children():
            process.kill()


def nothing_is_left(up: Up, within_seconds: float = 0) -> bool:
    deadline = time.monotonic() + within_seconds
    while up.children():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True
