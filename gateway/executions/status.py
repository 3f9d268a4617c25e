"""The state of an execution: from Cloud Run's counts, else from what its run has left behind."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gateway.executions.cloud_run import argument_of, run_id_of, short
from shared.runs.documents import ExecutionDocument, RunRecord
from shared.runs.folder import CANCEL, LAUNCH, OUTCOME, RunFolder

if TYPE_CHECKING:
    from google.cloud import run_v2

_OUTPUT_ARGUMENT = "--output_table="
_LOST = "the job ended without a word: look at its log"
_FORGOTTEN = "Cloud Run has forgotten this execution, and its run committed nothing"


class State(StrEnum):
    """What an execution is doing."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether it stays as it is."""
        return self not in {State.QUEUED, State.RUNNING}


def state_of(execution: "run_v2.Execution") -> State:
    """The state that the task counts tell: a cancelled execution is done without an error."""
    if not execution.completion_time:
        return State.RUNNING if execution.start_time else State.QUEUED
    if execution.succeeded_count == execution.task_count:
        return State.SUCCEEDED
    return State.CANCELLED if execution.cancelled_count else State.FAILED


def describe(execution: "run_v2.Execution", folder: RunFolder) -> dict[str, Any]:
    """An execution for a caller: state, tasks, times, and what the run left in its folder."""
    state, execution_id = state_of(execution), short(execution.name)
    launch = folder.read(LAUNCH)
    outcome = folder.read(OUTCOME) if state is State.SUCCEEDED else None
    progress = progress_of(folder, execution_id) if state is State.RUNNING else None
    return {
        "execution_id": execution_id,
        "job": short(execution.job),
        "run_id": run_id_of(execution),
        "state": state,
        "caller": launch.caller if launch else None,
        "tasks": tasks_of(execution),
        "attempts": _attempts(execution),
        **times_of(execution),
        "progress": progress,
        **_committed(outcome, argument_of(execution, _OUTPUT_ARGUMENT) or None),
        "error": _error(execution, folder) if state is State.FAILED else None,
        "log_uri": execution.log_uri,
    }


def remembered(
    execution_id: str,
    folder: RunFolder,
    launched: ExecutionDocument | None,
    outcome: RunRecord | None,
    log_uri: str,
) -> dict[str, Any]:
    """An execution that Cloud Run has forgotten, so one that has ended."""
    launch = None if launched else folder.read(LAUNCH)
    known = launched or launch
    state = _last_state(folder, execution_id, outcome)
    return {
        "execution_id": execution_id,
        "job": short(known.job) if known else execution_id.rpartition("-")[0],
        "run_id": folder.run_id,
        "state": state,
        "caller": known.caller if known else outcome and outcome.caller,
        "tasks": None,
        "attempts": None,
        "created_at": launch.at.isoformat() if launch else None,
        "started_at": outcome.started_at.isoformat() if outcome else None,
        "completed_at": outcome.finished_at.isoformat() if outcome else None,
        "progress": None,
        **_committed(outcome, None),
        "error": (_task_error(folder, execution_id) or _FORGOTTEN)
        if state is State.FAILED
        else None,
        "log_uri": log_uri,
    }


def _committed(outcome: RunRecord | None, wanted_table: str | None) -> dict[str, Any]:
    """What the run has written; until then the output table is the one that was asked for."""
    return {
        "output_table": outcome.output_table if outcome else wanted_table,
        "rows": outcome.rows if outcome else None,
        "outcome": outcome.to_row() if outcome else None,
    }


def log_link(project: str, execution_id: str) -> str:
    """Where Cloud Logging shows what an execution said."""
    query = quote(f'labels."run.googleapis.com/execution_name"="{execution_id}"', safe="")
    return f"https://console.cloud.google.com/logs/query;query={query}?project={project}"


def _last_state(folder: RunFolder, execution_id: str, outcome: RunRecord | None) -> State:
    if outcome:
        return State.SUCCEEDED
    cancelled = folder.read(CANCEL)
    if cancelled and cancelled.execution_id == execution_id:
        return State.CANCELLED
    return State.FAILED


def tasks_of(execution: "run_v2.Execution") -> dict[str, int]:
    """How many tasks of an execution are where."""
    return {
        "total": execution.task_count,
        "running": execution.running_count,
        "succeeded": execution.succeeded_count,
        "failed": execution.failed_count,
        "cancelled": execution.cancelled_count,
        "retried": execution.retried_count,
    }


def times_of(execution: "run_v2.Execution") -> dict[str, str | None]:
    """When an execution was created, started and completed, in RFC 3339."""
    return {
        "created_at": _iso(execution.create_time),
        "started_at": _iso(execution.start_time),
        "completed_at": _iso(execution.completion_time),
    }


def _attempts(execution: "run_v2.Execution") -> int:
    """How many containers were started, retries included."""
    started = (
        execution.running_count,
        execution.succeeded_count,
        execution.failed_count,
        execution.cancelled_count,
        execution.retried_count,
    )
    return sum(started)


def progress_of(folder: RunFolder, execution_id: str) -> dict[str, int]:
    """How many rows an execution has scored so far, and of about how many."""
    tasks = folder.progress(execution_id)
    return {
        "rows_scored": sum(task.rows for task in tasks),
        "rows_estimated": max((task.of for task in tasks), default=0),
    }


def _error(execution: "run_v2.Execution", folder: RunFolder) -> str:
    """The failing task's own sentence; else, when it was killed, Cloud Run's."""
    said = (c.message for c in execution.conditions if c.type_ == "Completed" and c.message)
    return _task_error(folder, short(execution.name)) or next(said, _LOST)


def _task_error(folder: RunFolder, execution_id: str) -> str | None:
    own = (each for each in folder.task_errors() if each.execution == execution_id)
    return next((each.message for each in own), None)


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
