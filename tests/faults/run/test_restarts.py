"""The stand-in is killed or stopped in the middle of its work, and comes back."""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import requests
from google.cloud import run_v2

from tests.contract.run.stand_in import StandIn
from tests.faults.run.scripts import SLEEP_ONCE, STUBBORN, WITH_CHILD, ends, is_running, pid_of


def kill_all(stand_in: StandIn) -> None:
    """Kill the server with its worker, as a crash of the machine's owner would."""
    arbiter = psutil.Process(stand_in.process.pid)
    workers = [p for p in arbiter.children() if "local.cloud_run" in p.cmdline()]
    for process in (arbiter, *workers):
        process.kill()
    stand_in.process.wait()


def worker(stand_in: StandIn) -> psutil.Process:
    return psutil.Process(stand_in.process.pid).children()[0]


def test_a_killed_stand_in_loses_no_execution(
    stand_in: StandIn, start: Callable[..., StandIn]
) -> None:
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE, retries=1, task_count=2))
    pids = [pid_of(stand_in, "task-0-0"), pid_of(stand_in, "task-1-0")]
    kill_all(stand_in)
    assert all(is_running(pid) for pid in pids)
    reborn = start()
    execution = reborn.wait(operation)
    assert (execution.succeeded_count, execution.retried_count) == (2, 2)
    assert all(ends(pid) for pid in pids)


def test_a_lost_attempt_counts_as_a_failed_one(
    stand_in: StandIn, start: Callable[..., StandIn]
) -> None:
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE, retries=0))
    pid_of(stand_in)
    kill_all(stand_in)
    reborn = start()
    execution = reborn.wait(operation)
    assert execution.failed_count == 1
    message = next(each.message for each in execution.conditions if each.type_ == "Completed")
    assert "lost in a restart of the control plane" in message


def test_a_worker_that_is_killed_is_replaced_and_goes_on(stand_in: StandIn) -> None:
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE, retries=1))
    pid = pid_of(stand_in)
    worker(stand_in).kill()
    while not stand_in.is_healthy():
        time.sleep(0.02)
    execution = stand_in.wait(operation)
    assert (execution.succeeded_count, execution.retried_count) == (1, 1)
    assert ends(pid)


def test_a_worker_whose_parent_is_killed_ends_its_tasks(stand_in: StandIn) -> None:
    stand_in.run(stand_in.create_job("job", STUBBORN))
    pid, orphan = pid_of(stand_in), worker(stand_in)
    stand_in.stop(signal.SIGKILL)
    assert ends(pid)
    assert ends(orphan.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stand_in_that_is_stopped_leaves_no_process_and_resumes(
    stand_in: StandIn, start: Callable[..., StandIn], number: signal.Signals
) -> None:
    name = stand_in.create_job("job", WITH_CHILD, retries=0)
    operation = stand_in.run(name)
    pids = [pid_of(stand_in, "task-0-0"), pid_of(stand_in, "child-0-0")]
    stand_in.stop(number)
    assert not any(is_running(pid) for pid in pids)
    (stand_in.folder / "task-0-0").unlink()
    reborn = start("--grace-seconds", "0.3")
    assert pid_of(reborn) not in pids
    execution = reborn.execution(operation)
    assert (execution.running_count, execution.retried_count) == (1, 0)
    assert execution.conditions[1].state == run_v2.Condition.State.CONDITION_RECONCILING


def test_an_impatient_second_ctrl_c_leaves_no_task(start: Callable[..., StandIn]) -> None:
    stand_in = start("--grace-seconds", "1")
    stand_in.run(stand_in.create_job("job", STUBBORN))
    pid, serving = pid_of(stand_in), worker(stand_in)
    serving.send_signal(signal.SIGINT)
    time.sleep(0.3)
    stand_in.stop(signal.SIGINT)
    assert not is_running(pid)


def test_a_request_that_waits_is_answered_when_the_stand_in_stops(
    start: Callable[..., StandIn],
) -> None:
    stand_in = start("--grace-seconds", "5")
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE))
    pid_of(stand_in)
    url = f"{stand_in.url}/v2/{operation.operation.name}:wait"
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(requests.post, url, json={"timeout": "60s"}, timeout=60)
        time.sleep(0.2)
        stand_in.process.terminate()
        assert waiting.result(timeout=4).json()["done"] is False
