"""Tasks are killed, time out, ignore signals, and leave children behind."""

import os
import signal

import pytest

from tests.contract.run.stand_in import StandIn
from tests.faults.run.scripts import SLEEP_ONCE, STUBBORN, WITH_CHILD, ends, pid_of


def test_a_task_that_is_killed_is_tried_again(stand_in: StandIn) -> None:
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE, retries=1))
    os.kill(pid_of(stand_in), signal.SIGKILL)
    execution = stand_in.wait(operation)
    assert (execution.succeeded_count, execution.retried_count) == (1, 1)


def test_a_killed_task_without_retries_tells_its_signal(stand_in: StandIn) -> None:
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE, retries=0))
    os.kill(pid_of(stand_in), signal.SIGKILL)
    execution = stand_in.wait(operation)
    (task,) = stand_in.tasks.list_tasks(parent=execution.name)
    assert execution.failed_count == 1
    assert task.last_attempt_result.term_signal == signal.SIGKILL


def test_each_attempt_has_the_time_out(stand_in: StandIn) -> None:
    operation = stand_in.run(stand_in.create_job("job", SLEEP_ONCE, retries=1, timeout=0.5))
    execution = stand_in.wait(operation)
    assert (execution.succeeded_count, execution.retried_count) == (1, 1)


def test_a_task_that_ignores_sigterm_is_killed_after_the_grace_period(stand_in: StandIn) -> None:
    operation = stand_in.run(stand_in.create_job("job", STUBBORN, timeout=1))
    execution = stand_in.wait(operation)
    assert execution.failed_count == 1
    assert ends(pid_of(stand_in))
    elapsed = (execution.completion_time - execution.start_time).total_seconds()
    assert 1.3 <= elapsed < 3
    message = next(each.message for each in execution.conditions if each.type_ == "Completed")
    assert message.endswith("exit code: 0 and message: The configured timeout was reached.")


@pytest.mark.parametrize("script", [STUBBORN, WITH_CHILD])
def test_a_cancel_ends_the_whole_process_group(stand_in: StandIn, script: str) -> None:
    operation = stand_in.run(stand_in.create_job("job", script))
    pid = pid_of(stand_in)
    stand_in.executions.cancel_execution(name=operation.metadata.name)
    assert stand_in.wait(operation).cancelled_count == 1
    assert ends(pid)
    if script is WITH_CHILD:
        assert ends(pid_of(stand_in, "child-0-0"))


def test_nothing_outlives_the_first_process_of_a_task(stand_in: StandIn) -> None:
    script = WITH_CHILD.replace("time.sleep(60)\n", "")
    operation = stand_in.run(stand_in.create_job("job", script))
    assert stand_in.wait(operation).succeeded_count == 1
    assert ends(pid_of(stand_in, "child-0-0"))
