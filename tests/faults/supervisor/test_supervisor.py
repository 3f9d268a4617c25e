"""The supervisor with real processes that fail in their own ways."""

import sys
import time
from pathlib import Path

import pytest

from local.ports import chosen_ports
from local.supervisor.processes import Processes
from local.supervisor.service import Accepts, Service
from local.supervisor.supervisor import Supervisor

ENVIRONMENT = {"PATH": str(Path(sys.executable).parent)}
NOBODY_LISTENS = Accepts(1)
STUBBORN = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    signal.pause()
"""


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path, working_directory=tmp_path, environment={"CLOUD": "a test"})


def failure(processes: Processes, *command: str, healthy_within_seconds: float = 20) -> list[str]:
    said: list[str] = []
    service = Service("gateway", "fails", command, ENVIRONMENT, NOBODY_LISTENS)
    supervisor = Supervisor(
        [service], processes, said.append, healthy_within_seconds=healthy_within_seconds
    )
    supervisor.run()
    assert supervisor.failure == "\n".join(said)
    return said


def test_a_service_that_exits_is_named_with_the_end_of_its_log(
    processes: Processes, tmp_path: Path
) -> None:
    said = failure(processes, "python", "-c", "print('no such table'); raise SystemExit(3)")
    assert said == [
        f"gateway ended with exit code 3; its log is {tmp_path / 'gateway.log'}",
        "    no such table",
    ]


def test_a_command_that_does_not_exist_is_named(processes: Processes) -> None:
    said = failure(processes, "no-such-program")
    assert said[0].startswith("gateway ended with exit code 127")
    assert said[1] == "    no-such-program: No such file or directory"


def test_a_service_that_gets_not_healthy_in_time_is_named(processes: Processes) -> None:
    code = "import time; print('thinking', flush=True); time.sleep(600)"
    said = failure(processes, "python", "-c", code, healthy_within_seconds=1)
    assert said[0].startswith("gateway was not healthy within 1 s")


def test_a_service_that_ignores_sigterm_is_killed_after_its_grace(processes: Processes) -> None:
    (port,) = chosen_ports(["stubborn"], {}, {}).values()
    command = ("python", "-c", STUBBORN, str(port))
    service = Service("stubborn", "stays", command, ENVIRONMENT, Accepts(port))
    ready_at: list[float] = []

    def interrupt() -> None:
        ready_at.append(time.monotonic())
        supervisor.interrupt()

    supervisor = Supervisor(
        [service], processes, lambda _: None, on_ready=interrupt, stop_grace_seconds=0.5
    )
    supervisor.run()
    assert 0.5 < time.monotonic() - ready_at[0] < 5
    assert supervisor.failure is None


def test_a_long_log_is_told_by_its_end(processes: Processes) -> None:
    said = failure(processes, "python", "-c", "[print(n) for n in range(100)]; raise SystemExit(1)")
    assert len(said) < 20
    assert said[-1] == "    99"


def test_a_service_gets_its_own_environment_and_no_other(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMEBODYS_SECRET", "1")
    said = failure(processes, "python", "-c", "import os; print(sorted(os.environ))")
    assert said[1] == "    ['CLOUD', 'LC_CTYPE', 'PATH']"


def test_a_log_begins_anew_with_each_start(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "gateway.log").write_text("of last time")
    assert "of last time" not in failure(processes, "python", "-c", "raise SystemExit(1)")
