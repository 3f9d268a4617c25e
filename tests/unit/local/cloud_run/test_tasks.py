"""Histories of tasks and executions, played through the pure transitions."""

from dataclasses import replace
from datetime import datetime

import pytest

from local.cloud_run.rendering import execution_conditions, task_conditions
from local.cloud_run.resources import Counts, Execution, ExecutionState
from local.cloud_run.tasks import (
    LOST,
    STOPPED,
    TIMED_OUT,
    AttemptResult,
    Task,
    TaskState,
    exited,
    not_started,
)


def played(
    task: Task, now: datetime, *results: AttemptResult, retries: int = 1, cancelled: bool = False
) -> Task:
    for result in results:
        assert task.state is TaskState.PENDING
        task = task.begun(now).ended(result, now, max_retries=retries, cancelled=cancelled)
    return task


@pytest.mark.parametrize(
    ("results", "state", "retried"),
    [
        ([exited(0)], TaskState.SUCCEEDED, 0),
        ([exited(1)], TaskState.PENDING, 1),
        ([exited(1), exited(0)], TaskState.SUCCEEDED, 1),
        ([exited(-9), TIMED_OUT], TaskState.FAILED, 1),
        ([LOST, not_started("no program")], TaskState.FAILED, 1),
        ([STOPPED], TaskState.PENDING, 0),
        ([STOPPED, STOPPED, exited(1), STOPPED, exited(0)], TaskState.SUCCEEDED, 1),
    ],
)
def test_a_task_succeeds_is_retried_or_fails(
    task: Task, noon: datetime, results: list[AttemptResult], state: TaskState, retried: int
) -> None:
    ended = played(task, noon, *results)
    assert (ended.state, ended.retried) == (state, retried)
    assert (ended.completed_at is None) == (state is TaskState.PENDING)


@pytest.mark.parametrize("result", [STOPPED, TIMED_OUT, LOST, exited(1)])
def test_no_attempt_is_retried_after_a_cancel(
    task: Task, noon: datetime, result: AttemptResult
) -> None:
    assert played(task, noon, result, cancelled=True).state is TaskState.CANCELLED


def test_an_attempt_that_succeeded_before_the_cancel_reached_it_has_succeeded(
    task: Task, noon: datetime
) -> None:
    assert played(task, noon, exited(0), cancelled=True).state is TaskState.SUCCEEDED


def test_a_task_that_never_started_is_abandoned_by_a_cancel(task: Task, noon: datetime) -> None:
    assert task.stopped(noon).state is TaskState.ABANDONED
    waiting_for_a_retry = played(task, noon, exited(1))
    assert waiting_for_a_retry.stopped(noon).state is TaskState.CANCELLED


def test_a_task_has_started_when_its_first_attempt_did(
    task: Task, noon: datetime, later: datetime
) -> None:
    assert played(task, noon, exited(1)).begun(later).started_at == noon


def test_the_first_task_that_failed_gives_the_reason(
    execution: Execution, task: Task, noon: datetime
) -> None:
    first = played(task, noon, exited(4), retries=0)
    second = played(replace(task, index=1), noon, TIMED_OUT, retries=0)
    failed = execution.failed_by(first).failed_by(second)
    assert failed.failure
    assert failed.failure.message == (
        "Task job-abcde-task0 failed with exit code: 4 "
        "and message: The container exited with an error."
    )


def test_an_execution_is_pending_then_running_then_succeeded(
    execution: Execution, noon: datetime, later: datetime
) -> None:
    assert execution.state is ExecutionState.PENDING
    running = execution.started(noon)
    assert running.state is ExecutionState.RUNNING
    done = replace(running, counts=Counts(succeeded=2)).completed(later)
    assert done.state is ExecutionState.SUCCEEDED
    completed, *others = execution_conditions(done)
    assert completed.message == "Execution completed successfully in 1m30s."
    assert all(condition.satisfied for condition in [completed, *others])


def test_a_cancel_that_came_too_late_changes_nothing(execution: Execution, noon: datetime) -> None:
    late = replace(execution, counts=Counts(succeeded=2)).cancelled(noon).completed(noon)
    assert late.state is ExecutionState.SUCCEEDED


def test_a_cancel_wins_over_a_failure(execution: Execution, task: Task, noon: datetime) -> None:
    failed = execution.failed_by(played(task, noon, exited(1), retries=0))
    cancelling = replace(failed, counts=Counts(failed=1, running=1)).cancelled(noon)
    assert execution_conditions(cancelling)[0].reason == "Cancelling"
    done = replace(cancelling, counts=Counts(failed=1, cancelled=1)).completed(noon)
    assert done.state is ExecutionState.CANCELLED
    assert execution_conditions(done)[0].reason == "Cancelled"


def test_a_task_tells_why_it_failed_only_when_it_has(task: Task, noon: datetime) -> None:
    retried = played(task, noon, exited(1))
    assert task_conditions(retried)[0].message == ""
    failed = played(task, noon, exited(1), exited(-11))
    assert task_conditions(failed)[0].message == "Container terminated on signal 11."
