"""Whatever a file holds and whatever happens to its process, it and the next one get a result."""

import os
import pickle
import signal
import threading
import time

import pytest
from sklearn.dummy import DummyClassifier

from jobs.models.inspection_result import InspectionConditions
from jobs.pickles.limits import LIMITS
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from runtimes.catalog import DEFAULT_RUNTIME
from tests.faults.pickles.bombs import BOMBS
from tests.model_runtimes import OwnRuntime
from tests.unit.jobs.sandbox.models import naming

# To be read, and to be loaded or asked; and some, because others use this machine.
BOMB_SECONDS = 2 * LIMITS.wall_seconds + 10


def honest():
    """A new honest file each time: its result is not cached."""
    honest.count = getattr(honest, "count", 0) + 1
    return pickle.dumps(DummyClassifier(random_state=honest.count).fit([[0]], [honest.count]))


def inspect_with(inspector, content, **conditions):
    return inspector.inspect(content, InspectionConditions(**conditions))


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_in_time_and_the_next_model_is_approved(name, inspect):
    assert inspect(honest()).may_predict
    content = BOMBS[name]()
    began = time.monotonic()
    result = inspect(content)
    assert time.monotonic() - began < BOMB_SECONDS
    assert not result.may_predict
    assert result.findings
    assert inspect(honest()).may_predict


def server_of(processes):
    return processes._servers[processes.store.interpreter(DEFAULT_RUNTIME)]._process


def test_a_scanning_process_that_is_killed_is_replaced(inspector):
    inspect_with(inspector, honest())
    process = inspector._scanner.start()
    os.kill(process.pid, signal.SIGKILL)
    assert inspect_with(inspector, honest()).may_predict
    assert inspector._scanner.start() is not process


def test_a_fork_server_that_is_killed_is_replaced(inspector, processes):
    inspect_with(inspector, honest())
    server = server_of(processes)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert inspect_with(inspector, honest()).may_predict
    assert server_of(processes) is not server


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.04, 0.08])
def test_processes_that_are_killed_at_work_are_replaced(inspector, processes, delay):
    inspect_with(inspector, honest())
    killed = (inspector._scanner.start(), server_of(processes))

    def kill():
        time.sleep(delay)
        for process in killed:
            os.kill(process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert all(inspect_with(inspector, honest()).may_predict for _ in range(3))
    killer.join()


def test_many_threads_share_an_inspector(processes):
    results = []
    with Inspector(processes, workers=2) as inspector:
        threads = [
            threading.Thread(target=lambda: results.append(inspect_with(inspector, honest())))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [result.may_predict for result in results] == [True] * 16


@pytest.mark.parametrize("is_strict", [False, True], ids=["walled", "strict"])
def test_a_crash_of_compiled_code_is_a_finding(tmp_path, is_strict):
    # No validation covers an operator's module that ends its process.
    own = OwnRuntime(tmp_path / "runtime")
    (own.modules / "fatal.py").write_text(
        "import ctypes\n"
        "class Fatal:\n"
        "    def __setstate__(self, state):\n"
        "        ctypes.string_at(0)\n"
    )
    content = naming("fatal", "Fatal")
    with ModelProcesses(own, is_strict=is_strict) as processes, Inspector(processes) as inspector:
        allowed = {"is_strict": is_strict, "allowed_names": ("fatal:Fatal",)}
        result = inspect_with(inspector, content, **allowed)
        assert result.findings == ("the model ended its process: SIGSEGV",)
        assert inspect_with(inspector, honest(), **allowed).may_predict


def test_the_scanning_process_ends_with_the_product_s_own(processes):
    with Inspector(processes) as inspector:
        inspect_with(inspector, honest())
        process = inspector._scanner.start()
        process.stdin.close()
        assert process.wait(timeout=60) == 0
