"""Whatever a file is, and whatever happens to the room, there is a verdict and a next one."""

import os
import pickle
import signal
import threading
import time

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from jobs.models.inspection_result import Conditions
from jobs.sandbox.inspector import Inspector
from tests.faults.pickles.bombs import BOMBS

MODEL = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
BOMB_SECONDS = 10


def honest():
    """A new honest file each time: its verdict is not remembered."""
    honest.count = getattr(honest, "count", 0) + 1
    return pickle.dumps(DummyClassifier(random_state=honest.count).fit([[0]], [honest.count]))


def inspect(inspector, content, **conditions):
    return inspector.inspect(content, Conditions(**conditions))


@pytest.fixture(scope="module")
def warm(inspector):
    assert inspect(inspector, honest()).is_approved
    return inspector


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_in_time_and_the_next_model_is_approved(name, warm):
    content = BOMBS[name]()
    began = time.monotonic()
    verdict = inspect(warm, content)
    assert time.monotonic() - began < BOMB_SECONDS
    assert not verdict.is_approved
    assert verdict.findings
    assert inspect(warm, honest()).is_approved


def test_a_room_that_is_killed_is_replaced(warm):
    process = warm._all[0]._process
    os.kill(process.pid, signal.SIGKILL)
    assert inspect(warm, honest()).is_approved
    assert warm._all[0]._process is not process


def test_a_room_that_is_killed_at_work_is_replaced(warm):
    process = warm._all[0]._process
    killer = threading.Timer(0.001, os.kill, [process.pid, signal.SIGKILL])
    killer.start()
    assert all(inspect(warm, honest()).is_approved for _ in range(5))
    killer.join()


def test_many_ask_at_once():
    verdicts = []
    with Inspector(2) as inspector:
        threads = [
            threading.Thread(target=lambda: verdicts.append(inspect(inspector, honest())))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [verdict.is_approved for verdict in verdicts] == [True] * 16


def test_a_crash_of_compiled_code_is_a_finding(warm, tmp_path, monkeypatch):
    # What no check foresees: a module of the operator's own, that ends its process.
    (tmp_path / "fatal.py").write_text(
        "import os, signal\n"
        "class Fatal:\n"
        "    def __setstate__(self, state):\n"
        "        os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    content = b"\x80\x04cfatal\nFatal\n)\x81}b."
    with Inspector() as inspector:
        verdict = inspect(inspector, content, allowed_names=("fatal:Fatal",))
        assert verdict.findings == ("the file ended the process that loaded it: SIGSEGV",)
        assert inspect(inspector, content).findings[0].startswith("the file names fatal.Fatal")
        # The room ends when whoever asked is gone.
        room = inspector._all[0]._process
        room.stdin.close()
        assert room.wait(timeout=60) == 0
