"""What the kernel itself says of a model's process, and that it ends when it must."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.model_session import ModelFailure, ModelSession
from shared.errors import Transient
from tests.faults.wall import bombs, known_gaps, permitted
from tests.faults.wall.conftest import REPOSITORY
from tests.faults.wall.hostile import ROWS, ask_all, hostile_file
from tests.faults.wall.survivors import (
    PATIENT,
    honest_session,
    process_number,
    require_honest_answer,
)
from tests.waiting import wait_for


def status(path):
    lines = Path(path).read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def is_gone(number):
    """Whether a process has ended, also one that nobody has waited for."""
    try:
        return status(f"/proc/{number}/status")["State"].startswith(("X", "Z"))
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def honest(server, wall):
    with honest_session(server, wall) as session:
        require_honest_answer(session)
        yield session


def test_every_thread_is_behind_the_filter_and_has_no_capability(honest):
    tasks = list(Path(f"/proc/{process_number(honest)}/task").iterdir())
    assert len(tasks) == 2
    for task in tasks:
        found = status(task / "status")
        assert (found["NoNewPrivs"], found["Seccomp"], found["Seccomp_filters"]) == ("1", "2", "1")
        kinds = ("CapInh", "CapPrm", "CapEff", "CapAmb", *["CapBnd"] * (os.geteuid() == 0))
        assert {int(found[kind], 16) for kind in kinds} == {0}


def test_every_thread_has_started_before_there_is_a_model(server, wall):
    # A model that takes all threads of the user can keep none from another one's session.
    with ModelSession(server, PATIENT, wall=wall, channels=4) as session:
        session._process.require_started()
        assert len(list(Path(f"/proc/{process_number(session)}/task").iterdir())) == 4


def test_a_server_that_is_asked_all_the_time_ends_a_bomb_of_threads(server, wall):
    content = hostile_file(bombs.start_threads_with_small_stacks, (), "load")
    outcomes = []
    with ModelSession(server, PATIENT, wall=wall) as session:
        thread = threading.Thread(target=lambda: outcomes.append(ask_all(session, content)))
        thread.start()
        while thread.is_alive():
            ModelSession(server, PATIENT, wall=wall).close()
        thread.join()
    assert "was killed" in outcomes[0]


def test_a_model_can_ask_how_large_a_file_is_but_not_what_is_in_it(server, wall, tmp_path):
    # Known not to be held: Landlock knows no right to names, sizes and times.
    (tmp_path / "secret").write_text("secret")
    content = hostile_file(known_gaps.size_and_content, (str(tmp_path / "secret"),), "load")
    with ModelSession(server, PATIENT, wall=wall) as session:
        assert session.load(content).features == ("6 bytes, PermissionError",)


def test_a_library_reads_its_own_files_as_pathlib_does(server, wall):
    # LightGBM 3 does so when it is imported; before Python 3.10, this is an ioctl.
    content = hostile_file(permitted.read_an_own_file, (), "load")
    with ModelSession(server, PATIENT, wall=wall) as session:
        assert session.load(content).features == ("True",)


def test_every_limit_is_set(honest):
    text = Path(f"/proc/{process_number(honest)}/limits").read_text()
    limits = {line[:26].strip(): re.findall(r"\S+", line[26:68]) for line in text.splitlines()}
    for name in ("core file size", "file size", "locked memory", "msgqueue size"):
        assert limits[f"Max {name}"] == ["0", "0"]
    assert limits["Max open files"] == ["256", "256"]
    assert limits["Max cpu time"] == ["60", "61"]
    assert "unlimited" not in limits["Max address space"] + limits["Max processes"]


def test_it_is_ended_first_when_memory_runs_out(honest):
    assert Path(f"/proc/{process_number(honest)}/oom_score_adj").read_text() == "1000\n"


def test_it_shares_no_memory_that_it_can_write(honest):
    # Only root may look: nobody else can, which is the point of the next test.
    try:
        maps = Path(f"/proc/{process_number(honest)}/maps").read_text()
    except PermissionError:
        maps = ""
    assert [line for line in maps.splitlines() if "rw-s" in line] == []


def test_processes_with_secrets_belong_to_root_where_files_are_opened(honest, server):
    # So says the kernel of a process that is not dumpable, whoever it runs as.
    for number in (os.getpid(), server._process.pid, process_number(honest)):
        assert Path(f"/proc/{number}/environ").stat().st_uid == 0


def test_it_has_neither_a_terminal_nor_this_process_s_group(honest, server):
    number = process_number(honest)
    assert os.getsid(number) == server._process.pid != os.getsid(0)
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    assert fields[4] == "0"  # no terminal


def test_a_session_that_is_closed_leaves_no_process_and_no_descriptor(server, wall):
    before = os.listdir("/proc/self/fd")
    for stage in ("load", "predict"):
        with ModelSession(server, PATIENT, wall=wall, channels=4) as session:
            number = process_number(session)
            ask_all(session, hostile_file(bombs.exit_at_once, (), stage))
        session.close()
        assert not Path(f"/proc/{number}").exists()
    assert os.listdir("/proc/self/fd") == before


def test_a_session_that_is_closed_ends_whoever_waits_for_it(server, wall):
    content = hostile_file(bombs.sleep_for_ever, (), "predict")
    failures = []

    def predict():
        try:
            session.predict(ROWS)
        except ModelFailure as failure:
            failures.append(failure.message)

    with ModelSession(server, PATIENT, wall=wall, channels=2) as session:
        session.load(content)
        session.prepare("frame")
        threads = [threading.Thread(target=predict) for _ in range(4)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert failures == ["the session with the model is closed"] * 4
    with pytest.raises(ModelFailure, match="closed"):
        session.predict(ROWS)


def test_processes_end_with_their_fork_server_and_the_model_is_not_blamed(interpreter, wall):
    with ForkServer(interpreter) as server, ModelSession(server, PATIENT, wall=wall) as session:
        session.load(hostile_file(bombs.ignore_signals_and_compute, (), "predict"))
        session.prepare("frame")
        number = process_number(session)
        killer = threading.Timer(0.2, os.kill, [server._process.pid, signal.SIGKILL])
        killer.start()
        with pytest.raises(Transient, match="has ended"):
            session.predict(ROWS)
        killer.join()
        wait_for(lambda: is_gone(number))
        with pytest.raises(Transient, match="has ended"):
            ModelSession(server, PATIENT, wall=wall)
        assert not server.is_running


_ORPHANING = """
import sys, threading
from pathlib import Path
from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.model_session import ModelSession
from jobs.sandbox.system_calls import compiled_filter
from tests.faults.wall import bombs, hostile, survivors
server = ForkServer(Path(sys.argv[1]))
numbers = [server._process.pid]
for bomb in (bombs.ignore_signals_and_compute, bombs.sleep_for_ever):
    session = ModelSession(server, survivors.PATIENT, wall=compiled_filter())
    session.load(hostile.hostile_file(bomb, (), "predict"))
    session.prepare("frame")
    threading.Thread(target=session.predict, args=[hostile.ROWS], daemon=True).start()
    numbers.append(survivors.process_number(session))
print(*numbers, flush=True)
threading.Event().wait(60)
"""


def test_every_process_ends_with_the_product_s_own(interpreter):
    command = [sys.executable, "-c", _ORPHANING, str(interpreter)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as product:
        numbers = list(map(int, product.stdout.readline().split()))
        assert not any(map(is_gone, numbers))
        product.kill()
    assert len(numbers) == 3
    for number in numbers:
        wait_for(lambda number=number: is_gone(number))
