"""What v1 and v2 show alike: containers, and conditions in Cloud Run's words; pure."""

from dataclasses import dataclass
from datetime import datetime

from local.cloud_run.resources import Execution, ExecutionState, Job
from local.cloud_run.tasks import UNFINISHED, Task, TaskState
from local.cloud_run.template import Container
from local.google_json import elapsed


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `satisfied` is None while it is open. Reasons are written as in v1."""

    type: str
    satisfied: bool | None
    message: str
    changed_at: datetime
    reason: str = ""


def job_condition(job: Job) -> Condition:
    """A stored job is ready: there is no image to check."""
    return Condition("Ready", satisfied=True, message="", changed_at=job.updated_at)


def execution_conditions(execution: Execution) -> tuple[Condition, ...]:
    """Return Completed, ResourcesAvailable, Started and ContainerReady."""
    created_at = execution.created_at
    return (
        _completed(execution),
        Condition("ResourcesAvailable", True, "Provisioned imported containers.", created_at),
        _started(execution),
        Condition("ContainerReady", True, "Imported container image.", created_at),
    )


def _started(execution: Execution) -> Condition:
    started_at = execution.started_at
    if not started_at:
        return Condition("Started", None, "Waiting for execution to start.", execution.created_at)
    wait = elapsed((started_at - execution.created_at).total_seconds())
    return Condition(
        "Started",
        satisfied=True,
        message=f"Started deployed execution in {wait}.",
        changed_at=started_at,
    )


def _completed(execution: Execution) -> Condition:
    satisfied, reason, message = _completion(execution)
    return Condition("Completed", satisfied, message, execution.updated_at, reason)


def _completion(execution: Execution) -> tuple[bool | None, str, str]:
    match execution.state:
        case ExecutionState.SUCCEEDED:
            return True, "", f"Execution completed successfully in {_run_time(execution)}."
        case ExecutionState.CANCELLED:
            return False, "Cancelled", "Cancelled by user."
        case ExecutionState.FAILED:
            return False, "NonZeroExitCode", execution.failure.message if execution.failure else ""
    if execution.cancelled_at:
        return None, "Cancelling", "Cancelling execution."
    return None, "", "Waiting for execution to complete."


def _run_time(execution: Execution) -> str:
    start, end = execution.started_at, execution.completed_at
    return elapsed((end - start).total_seconds()) if start and end else "0s"


def task_conditions(task: Task) -> tuple[Condition, ...]:
    """Return Completed and Started."""
    finished = task.state not in UNFINISHED
    succeeded = task.state is TaskState.SUCCEEDED
    ended = task.last_result.message if task.last_result and finished else ""
    changed_at = task.completed_at or task.started_at or task.created_at
    return (
        Condition("Completed", succeeded if finished else None, ended, changed_at),
        Condition(
            "Started", True if task.started_at else None, "", task.started_at or task.created_at
        ),
    )


def container_json(container: Container) -> dict[str, object]:
    """Return a container as both APIs show it; fields without a value are left out."""
    fields: dict[str, object] = {
        "name": container.name,
        "image": container.image,
        "command": list(container.command),
        "args": list(container.args),
        "env": [{"name": name, "value": value} for name, value in container.environment.items()],
        "resources": {"limits": container.limits} if container.limits else None,
    }
    return {name: value for name, value in fields.items() if value}
