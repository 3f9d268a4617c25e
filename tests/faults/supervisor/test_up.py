"""`up` as a person or a machine meets it: signals, crashes, taken ports, a second start."""

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.supervisor.conftest import Up, nothing_is_left
from tests.waiting import wait_for

StartUp = Callable[..., Up]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_is_no_error(
    start_up: StartUp, home: Path, number: signal.Signals
) -> None:
    up = start_up(home).until("ready in")
    assert up.children()
    assert up.send(number).until("stopping").send(number).until_end() == 0
    assert up.output.splitlines()[-1] == f"stopped; data kept in {home}"
    assert nothing_is_left(up)


def test_a_closed_pipe_does_not_keep_it_from_stopping(start_up: StartUp, home: Path) -> None:
    up = start_up(home).until("ready in")
    assert up.process.stdout
    up.process.stdout.close()
    up.send(signal.SIGINT)
    time.sleep(0.5)  # signals that are sent together may arrive as one
    assert up.send(signal.SIGINT).process.wait() == 0
    assert nothing_is_left(up)


def test_a_service_that_dies_takes_the_cloud_along_and_is_named(
    start_up: StartUp, home: Path
) -> None:
    up = start_up(home).until("ready in")
    up.server("storage").kill()
    up.until("storage ended by signal SIGKILL; its log is").send(signal.SIGINT)
    assert up.until_end() == 1
    assert str(home / "logs/storage.log") in up.output
    assert nothing_is_left(up)


def test_a_killed_supervisor_leaves_no_service(start_up: StartUp, home: Path) -> None:
    up = start_up(home).until("ready in")
    services = [up.server("storage"), up.server("gateway")]
    up.send(signal.SIGKILL).until_end()
    for service in services:
        service.wait(timeout=30)


def test_the_next_start_ends_what_a_killed_supervisor_left(start_up: StartUp, home: Path) -> None:
    killed = start_up(home).until("ready in")
    killed.send(signal.SIGKILL).until_end()
    # The gateway's child, which had a session of its own, once the others have ended.
    (orphan,) = wait_for(lambda: left if len(left := killed.children()) == 1 else None)
    start_up(home).until("ready in")
    assert orphan not in killed.children()


def test_a_second_start_in_the_same_home_names_the_first(start_up: StartUp, home: Path) -> None:
    first = start_up(home).until("ready in")
    second = start_up(home)
    assert second.until_end() == 1
    (line,) = second.output.splitlines()
    assert f"pid {first.process.pid}, since 20" in line
    assert "env" in line
    assert first.process.poll() is None


def test_clouds_with_homes_of_their_own_run_side_by_side(start_up: StartUp, tmp_path: Path) -> None:
    for name in ("one", "another"):
        start_up(tmp_path / name).until("ready in")


def test_addresses_stay_the_same_over_a_restart(start_up: StartUp, home: Path) -> None:
    def gateway_line() -> str:
        up = start_up(home).until("ready in").stop_at_once()
        up.until_end()
        return next(line for line in up.output.splitlines() if line.startswith("gateway"))

    assert gateway_line() == gateway_line()


def test_a_fixed_port_that_is_taken_is_one_line_and_leaves_nothing(
    start_up: StartUp, home: Path
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        up = start_up(home, f"gateway={port}")
        assert up.until_end() == 1
    (line,) = up.output.splitlines()
    assert line.startswith(f"port {port} for gateway: Address already in use")
    assert nothing_is_left(up)
