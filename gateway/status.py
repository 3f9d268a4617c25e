"""The state of an execution, from Cloud Run's counts and the run's folder."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from shared.runs import ERRORS, OUTCOME, RunFolder, progress_prefix

if TYPE_CHECKING:
    from google.cloud import run_v2

_RUN_ID_ARGUMENT = "--run_id="


class State(StrEnum):
    """What an execution is doing."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


def state_of(execution: "run_v2.Execution") -> State:
    """The state that the task counts tell: a cancelled execution is done without an error."""
    if not execution.completion_time:
        return State.RUNNING if execution.start_time else State.QUEUED
    if execution.succeeded_count == execution.task_count:
        return State.SUCCEEDED
    return State.CANCELLED if execution.cancelled_count else State.FAILED


def run_id_of(execution: "run_v2.Execution") -> str:
    """The run that an execution works on: its --run_id, else its own name."""
    arguments = execution.template.containers[0].args
    given = (each for each in arguments if each.startswith(_RUN_ID_ARGUMENT))
    return next(given, "").removeprefix(_RUN_ID_ARGUMENT) or _short(execution.name)


def describe(execution: "run_v2.Execution", folder: RunFolder) -> dict[str, Any]:
    """An execution for a caller: state, tasks, times, and what the run left in its folder."""
    state = state_of(execution)
    return {
        "execution_id": _short(execution.name),
        "job": execution.job,
        "run_id": folder.run_id,
        "state": state,
        "tasks": {
            "total": execution.task_count,
            "running": execution.running_count,
            "succeeded": execution.succeeded_count,
            "failed": execution.failed_count,
            "cancelled": execution.cancelled_count,
            "retried": execution.retried_count,
        },
        "created_at": _iso(execution.create_time),
        "started_at": _iso(execution.start_time),
        "completed_at": _iso(execution.completion_time),
        "progress": _progress(folder, _short(execution.name)) if state is State.RUNNING else None,
        "outcome": folder.read(OUTCOME) if state is State.SUCCEEDED else None,
        "error": _error(folder) if state is State.FAILED else None,
        "log_uri": execution.log_uri,
    }


def _progress(folder: RunFolder, execution_id: str) -> dict[str, int]:
    # Each task tells its own rows, and of how many in the whole run.
    notes = folder.labels(progress_prefix(execution_id))
    return {
        "rows_scored": sum(int(note.get("rows", 0)) for note in notes),
        "rows_estimated": max((int(note.get("of", 0)) for note in notes), default=0),
    }


def _error(folder: RunFolder) -> str:
    notes = [folder.read(name) for name in sorted(folder.blobs(ERRORS))]
    messages = [note["message"] for note in notes if note]
    return messages[0] if messages else "the job failed without a word: look at its log"


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
