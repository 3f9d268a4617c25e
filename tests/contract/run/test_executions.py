"""What becomes of an execution, as the real google-cloud-run clients see it."""

from itertools import pairwise

import pytest
from google.api_core.exceptions import Aborted, BadRequest
from google.cloud import run_v2

from tests.contract.run.stand_in import PARENT, StandIn

Reason = run_v2.Condition.ExecutionReason
State = run_v2.Condition.State


def condition(execution: run_v2.Execution, kind: str = "Completed") -> run_v2.Condition:
    return next(each for each in execution.conditions if each.type_ == kind)


def test_a_task_that_fails_is_tried_again_under_the_same_execution(
    stand_in: StandIn, job: str
) -> None:
    script = "import os, sys; sys.exit(os.environ['CLOUD_RUN_TASK_ATTEMPT'] != '2')"
    operation = stand_in.run(stand_in.create_job(job, script, retries=3))
    execution = stand_in.wait(operation)
    assert (execution.succeeded_count, execution.retried_count) == (1, 2)
    assert "attempt 0" in (log := stand_in.log(operation))
    assert "attempt 2" in log
    (task,) = stand_in.tasks.list_tasks(parent=execution.name)
    assert task.retried == 2
    assert task.name == f"{execution.name}/tasks/{execution.name.rpartition('/')[2]}-task0"


def test_an_execution_fails_when_a_task_has_no_retries_left_and_all_tasks_were_tried(
    stand_in: StandIn, job: str
) -> None:
    script = "import os, sys; sys.exit(4 * (os.environ['CLOUD_RUN_TASK_INDEX'] == '0'))"
    name = stand_in.create_job(job, script, retries=1, task_count=4, parallelism=1)
    operation = stand_in.run(name)
    with pytest.raises(Aborted, match="task0 failed with exit code: 4 and message: The container"):
        operation.result(timeout=30)
    execution = stand_in.execution(operation)
    assert (execution.failed_count, execution.succeeded_count) == (1, 3)
    assert execution.retried_count == 1
    assert condition(execution).state == State.CONDITION_FAILED
    assert condition(execution).execution_reason == Reason.NON_ZERO_EXIT_CODE
    task = next(iter(stand_in.tasks.list_tasks(parent=execution.name)))
    assert task.last_attempt_result.exit_code == 4
    job_now = stand_in.jobs.get_job(name=name)
    status = job_now.latest_created_execution.completion_status
    assert status == run_v2.ExecutionReference.CompletionStatus.EXECUTION_FAILED


def test_a_command_that_does_not_exist_fails_the_execution(stand_in: StandIn, job: str) -> None:
    container = run_v2.Container(image="x", command=["no-such-program"])
    template = {"template": {"containers": [container], "max_retries": 0}}
    stand_in.jobs.create_job(parent=PARENT, job_id=job, job=run_v2.Job(template=template)).result()
    operation = stand_in.run(f"{PARENT}/jobs/{job}")
    execution = stand_in.wait(operation)
    assert execution.failed_count == 1
    assert "no program 'no-such-program'" in condition(execution).message
    assert "no program 'no-such-program'" in stand_in.log(operation)


def test_a_cancelled_execution_is_done_without_an_error_and_its_counts_tell(
    stand_in: StandIn, job: str
) -> None:
    name = stand_in.create_job(job, "import time; time.sleep(60)", task_count=3, parallelism=1)
    operation = stand_in.run(name)
    cancelled = stand_in.executions.cancel_execution(name=operation.metadata.name)
    cancelled.result(timeout=30)
    execution = operation.result(timeout=30)
    assert (execution.cancelled_count, execution.failed_count) == (3, 0)
    assert condition(execution).state == State.CONDITION_FAILED
    assert condition(execution).execution_reason == Reason.CANCELLED
    with pytest.raises(BadRequest, match="already completed"):
        stand_in.executions.cancel_execution(name=operation.metadata.name)


def test_parallelism_bounds_the_tasks_that_run_at_once(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "import time; time.sleep(.05)", task_count=3, parallelism=1)
    execution = stand_in.wait(stand_in.run(name))
    tasks = list(stand_in.tasks.list_tasks(parent=execution.name))
    assert [task.index for task in tasks] == [0, 1, 2]
    assert all(one.completion_time <= next_.start_time for one, next_ in pairwise(tasks))
