"""The status of an execution: from Cloud Run, else from the documents in its run's folder."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gateway.executions.cloud_run import argument_of, resource_id, run_id_of
from shared.runs.documents import ExecutionDocument, RunRecord
from shared.runs.folder import CANCEL, LAUNCH, OUTCOME, RunFolder

if TYPE_CHECKING:
    from google.cloud import run_v2

_OUTPUT_ARGUMENT = "--output_table="
_NO_MESSAGE = "the job ended without an error message: look at its log"
_DELETED = "Cloud Run has deleted this execution, and its run committed nothing"


class State(StrEnum):
    """The state of an execution, from the counts of its tasks."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether the execution has completed."""
        return self not in {State.QUEUED, State.RUNNING}


def state_of(execution: "run_v2.Execution") -> State:
    """The state of an execution of Cloud Run.

    A cancelled execution completes without an error; only its task counts show it.
    """
    if not execution.completion_time:
        return State.RUNNING if execution.start_time else State.QUEUED
    if execution.succeeded_count == execution.task_count:
        return State.SUCCEEDED
    return State.CANCELLED if execution.cancelled_count else State.FAILED


def current_status(execution: "run_v2.Execution", folder: RunFolder) -> dict[str, Any]:
    """The status of an execution that Cloud Run still has."""
    state, execution_id = state_of(execution), resource_id(execution.name)
    launch = folder.read(LAUNCH)
    outcome = folder.read(OUTCOME) if state is State.SUCCEEDED else None
    progress = progress_of(folder, execution_id) if state is State.RUNNING else None
    return {
        "execution_id": execution_id,
        "job": resource_id(execution.job),
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


def recorded_status(
    execution_id: str,
    folder: RunFolder,
    launched: ExecutionDocument | None,
    outcome: RunRecord | None,
    log_uri: str,
) -> dict[str, Any]:
    """The status of an execution that Cloud Run has deleted, so of one that has completed."""
    launch = None if launched else folder.read(LAUNCH)
    known = launched or launch
    state = _last_state(folder, execution_id, outcome)
    return {
        "execution_id": execution_id,
        "job": resource_id(known.job) if known else execution_id.rpartition("-")[0],
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
        "error": (_task_error(folder, execution_id) or _DELETED) if state is State.FAILED else None,
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
    """URL of an execution's log records in Cloud Logging."""
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
    """The number of an execution's tasks by state."""
    return {
        "total": execution.task_count,
        "running": execution.running_count,
        "succeeded": execution.succeeded_count,
        "failed": execution.failed_count,
        "cancelled": execution.cancelled_count,
        "retried": execution.retried_count,
    }


def times_of(execution: "run_v2.Execution") -> dict[str, str | None]:
    """The times at which an execution was created, started and completed, RFC 3339."""
    return {
        "created_at": _iso(execution.create_time),
        "started_at": _iso(execution.start_time),
        "completed_at": _iso(execution.completion_time),
    }


def _attempts(execution: "run_v2.Execution") -> int:
    """The number of containers that were started, retries included."""
    started = (
        execution.running_count,
        execution.succeeded_count,
        execution.failed_count,
        execution.cancelled_count,
        execution.retried_count,
    )
    return sum(started)


def progress_of(folder: RunFolder, execution_id: str) -> dict[str, int]:
    """The rows that an execution has scored so far, and the estimated rows of the whole run."""
    # Each task records its own rows, and the estimate for the whole run.
    tasks = folder.progress(execution_id)
    return {
        "rows_scored": sum(task.rows for task in tasks),
        "rows_estimated": max((task.of for task in tasks), default=0),
    }


def _error(execution: "run_v2.Execution", folder: RunFolder) -> str:
    """The error message of the failed task; Cloud Run's when the task was killed."""
    messages = (c.message for c in execution.conditions if c.type_ == "Completed" and c.message)
    return _task_error(folder, resource_id(execution.name)) or next(messages, _NO_MESSAGE)


def _task_error(folder: RunFolder, execution_id: str) -> str | None:
    own = (each for each in folder.task_errors() if each.execution == execution_id)
    return next((each.message for each in own), None)


def _iso(time: Any) -> str | None:
    return time.isoformat() if time else None
