"""The client of a fork server; tests/faults/wall has hostile processes."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from jobs.sandbox import fork_server
from jobs.sandbox.fork_server import ForkServer
from shared.errors import FailedPrecondition, Transient
from tests.waiting import wait_for

PYTHON = Path(sys.executable)
# Programs in place of the real one: what they do with the socket that is descriptor 0.
_START = "import json, os, socket, sys, time\ncontrol = socket.socket(fileno=0)\n"
_READY = "control.sendall(b'{\"ready\": true}\\n')\n"
_ECHO = (
    "while True:\n"
    "    content, descriptors, _, _ = socket.recv_fds(control, 65536, 10)\n"
    "    if not content: break\n"
    "    answer = {'pid': len(descriptors), 'status': 9, 'environment': dict(os.environ)}\n"
    "    control.sendall(json.dumps({**json.loads(content), **answer}).encode() + b'\\n')\n"
)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Have fork servers run a program of the test's own."""

    def install(source):
        path = tmp_path / "program.py"
        path.write_text(_START + source)
        monkeypatch.setattr(fork_server, "_PROGRAM", path)

    return install


def test_a_process_gets_the_descriptors_and_its_number_comes_back(program):
    program(_READY + _ECHO)
    with ForkServer(PYTHON) as server:
        assert server.spawn({}, [0, 1, 2]) == 3
        assert server.sessions == 1
        assert server.end(3) == -9
        assert server.sessions == 0


def test_nothing_of_the_environment_is_passed_on(program, monkeypatch):
    monkeypatch.setenv("A_SECRET", "value")
    program(_READY + _ECHO)
    with ForkServer(PYTHON) as server:
        environment = server._ask({}, [])["environment"]
    assert environment.items() >= fork_server.ENVIRONMENT.items()
    assert set(environment) - set(fork_server.ENVIRONMENT) <= {"LC_CTYPE"}


def test_nothing_else_is_open_in_it(program, tmp_path):
    program(_READY + "control.recv(1)\nfound = os.listdir('/proc/self/fd')\n" + _LISTING)
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        with ForkServer(PYTHON) as server:
            found = server._ask({}, [])["found"]
    assert set(found) <= {"0", "1", "2", "3"}  # the last one lists them


_LISTING = "control.sendall(json.dumps({'found': found}).encode() + b'\\n')\n"


def test_it_has_a_session_of_its_own(program):
    program(_READY + _ECHO)
    with ForkServer(PYTHON) as server:
        server.spawn({}, [])
        number = server._process.pid
        assert os.getsid(number) == os.getpgid(number) == number


def test_a_runtime_that_is_not_there_is_broken(tmp_path):
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    with pytest.raises(FailedPrecondition) as raised:
        ForkServer(tmp_path / "python")
    assert raised.value.reason == "RUNTIME_BROKEN"
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_a_runtime_that_does_not_start_says_why(program):
    program("sys.exit('no module named sklearn')")
    with ForkServer(PYTHON) as server:
        with pytest.raises(FailedPrecondition, match="no module named sklearn") as raised:
            server.spawn({}, [])
        assert raised.value.reason == "RUNTIME_BROKEN"
        assert not server.is_running


def test_a_runtime_that_starts_for_ever_is_broken(program, monkeypatch):
    monkeypatch.setattr(fork_server, "_START_SECONDS", 0.05)
    program("time.sleep(60)")
    with ForkServer(PYTHON) as server:
        with pytest.raises(FailedPrecondition):
            server.spawn({}, [])
        assert not server.is_running


def test_an_answer_that_is_late_is_not_taken_for_that_of_the_next_question(program, monkeypatch):
    program(_READY + "control.recv(9999)\ntime.sleep(60)")
    with ForkServer(PYTHON) as server:
        server._require_ready()
        monkeypatch.setattr(fork_server, "_ANSWER_SECONDS", 0.05)
        for _ in range(2):
            with pytest.raises(Transient, match="has ended"):
                server.spawn({}, [])
        assert not server.is_running
        assert server.end(1) is None


def test_a_server_that_has_ended_says_so(program):
    program(_READY + _ECHO)
    with ForkServer(PYTHON) as server:
        server.spawn({}, [])
        os.kill(server._process.pid, signal.SIGKILL)
        with pytest.raises(Transient):
            server.spawn({}, [])
        assert server.end(0) is None


def test_a_system_that_permits_no_process_is_no_end(program):
    program(_READY + 'control.recv(9999)\ncontrol.sendall(b\'{"refused": "no"}\\n\')\n' + _ECHO)
    with ForkServer(PYTHON) as server:
        with pytest.raises(Transient, match="no process for a model can be started"):
            server.spawn({}, [])
        assert server.spawn({}, []) == 0
        assert server.sessions == 1


def test_a_server_that_does_not_end_is_killed(program, monkeypatch):
    program(_READY + "time.sleep(60)")
    monkeypatch.setattr(fork_server, "_END_SECONDS", 0.05)
    server = ForkServer(PYTHON)
    server.close()
    assert not server.is_running
    server.close()


def test_whoever_waits_goes_on_when_it_is_closed(program):
    program(_READY + "control.recv(9999)\ncontrol.recv(9999)")
    server = ForkServer(PYTHON)
    server._require_ready()
    errors = []

    def spawn():
        try:
            server.spawn({}, [])
        except Transient as error:
            errors.append(error)

    thread = threading.Thread(target=spawn)
    thread.start()
    wait_for(server._lock.locked)
    server.close()
    thread.join()
    assert len(errors) == 1


def test_its_folder_is_gone_when_it_is_closed(program):
    program(_READY + _ECHO)
    with ForkServer(PYTHON) as server:
        folder = Path(server._folder)
        assert Path(f"/proc/{server._process.pid}/cwd").resolve() == folder
    assert not folder.exists()


def test_the_real_one_starts_and_ends_a_process(server):
    reading, writing = os.pipe()
    message = {"limits": {"memory_bytes": 1 << 28, "cpu_seconds": 5}, "slot_bytes": 4096}
    memory = os.memfd_create("rows")
    os.truncate(memory, 4096)
    number = server.spawn({**message, "wall": None}, [memory, reading, writing])
    for descriptor in (memory, reading, writing):
        os.close(descriptor)
    assert server.end(number) in {-signal.SIGKILL, 0}  # nobody holds its channel any more
    assert not Path(f"/proc/{number}").exists()
