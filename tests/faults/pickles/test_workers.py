"""Whatever a file holds and whatever happens to its worker, it and the next one get a result."""

import os
import pickle
import signal
import threading
import time

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from jobs.models.inspection_result import InspectionConditions
from jobs.sandbox.inspector import Inspector
from tests.faults.pickles.bombs import BOMBS

MODEL = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
BOMB_SECONDS = 10


def honest():
    """A new honest file each time: its result is not cached."""
    honest.count = getattr(honest, "count", 0) + 1
    return pickle.dumps(DummyClassifier(random_state=honest.count).fit([[0]], [honest.count]))


def inspect(inspector, content, **conditions):
    return inspector.inspect(content, InspectionConditions(**conditions))


@pytest.fixture(scope="module")
def warm(inspector):
    assert inspect(inspector, honest()).is_approved
    return inspector


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_in_time_and_the_next_model_is_approved(name, warm):
    content = BOMBS[name]()
    began = time.monotonic()
    result = inspect(warm, content)
    assert time.monotonic() - began < BOMB_SECONDS
    assert not result.is_approved
    assert result.findings
    assert inspect(warm, honest()).is_approved


def test_a_worker_that_is_killed_is_replaced(warm):
    process = warm._workers[0]._process
    os.kill(process.pid, signal.SIGKILL)
    assert inspect(warm, honest()).is_approved
    assert warm._workers[0]._process is not process


def test_a_worker_that_is_killed_at_work_is_replaced(warm):
    process = warm._workers[0]._process
    killer = threading.Timer(0.001, os.kill, [process.pid, signal.SIGKILL])
    killer.start()
    assert all(inspect(warm, honest()).is_approved for _ in range(5))
    killer.join()


def test_many_threads_share_an_inspector():
    results = []
    with Inspector(workers=2) as inspector:
        threads = [
            threading.Thread(target=lambda: results.append(inspect(inspector, honest())))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [result.is_approved for result in results] == [True] * 16


def test_a_crash_of_compiled_code_is_a_finding(warm, tmp_path, monkeypatch):
    # No validation covers an operator's module that ends its process.
    (tmp_path / "fatal.py").write_text(
        "import os, signal\n"
        "class Fatal:\n"
        "    def __setstate__(self, state):\n"
        "        os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    content = b"\x80\x04cfatal\nFatal\n)\x81}b."
    with Inspector() as inspector:
        result = inspect(inspector, content, allowed_names=("fatal:Fatal",))
        assert result.findings == ("the file ended the process that loaded it: SIGSEGV",)
        assert inspect(inspector, content).findings[0].startswith("the file names fatal.Fatal")
        # The process ends at the end of its input, so when its parent is gone.
        process = inspector._workers[0]._process
        process.stdin.close()
        assert process.wait(timeout=60) == 0
