"""Jobs and executions as they are stored: frozen, with pure transitions."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from local.run.errors import InvalidArgumentError
from local.run.tasks import Code, Task


class JobName(NamedTuple):
    """Where a job lives."""

    project: str
    region: str
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What one task runs."""

    image: str = ""
    name: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """How the executions of a job look; the limits are those of Cloud Run's quotas page.

    Raises:
        InvalidArgumentError: A number is out of Cloud Run's range.
    """

    container: Container
    task_count: int = 1
    parallelism: int = 0
    max_retries: int = 3
    timeout_seconds: float = 600
    service_account: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_range("task_count", self.task_count, 1, 10_000)
        _check_range("parallelism", self.parallelism, 0, 10_000)
        _check_range("max_retries", self.max_retries, 0, 10)
        _check_range("timeout", self.timeout_seconds, 0.001, 168 * 3600)


def _check_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        rule = f"must be between {least} and {most}"
        raise InvalidArgumentError(f"Violation in template.{name}: {value} {rule}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDraft:
    """What a user says of a job."""

    template: Template
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job, and how often it ran."""

    project: str
    region: str
    name: str
    uid: str
    draft: JobDraft
    created_at: datetime
    updated_at: datetime
    generation: int = 1
    execution_count: int = 0
    latest_execution: str | None = None

    def redrafted(self, draft: JobDraft, now: datetime) -> "Job":
        """The user changed the job."""
        return replace(self, draft=draft, updated_at=now, generation=self.generation + 1)

    def ran(self, execution: str) -> "Job":
        """An execution was launched."""
        return replace(self, execution_count=self.execution_count + 1, latest_execution=execution)


class ExecutionState(StrEnum):
    """Where an execution is, in the words of v2's completion status."""

    PENDING = "EXECUTION_PENDING"
    RUNNING = "EXECUTION_RUNNING"
    SUCCEEDED = "EXECUTION_SUCCEEDED"
    FAILED = "EXECUTION_FAILED"
    CANCELLED = "EXECUTION_CANCELLED"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks are where; abandoned tasks count as cancelled."""

    pending: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    retried: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an execution fails: the first task that ran out of retries."""

    code: Code
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of a job; `counts` are those of its tasks when it was read from the store."""

    project: str
    region: str
    job: str
    name: str
    uid: str
    template: Template
    created_at: datetime
    updated_at: datetime
    labels: dict[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    deleted_at: datetime | None = None
    failure: Failure | None = None
    counts: Counts = Counts()

    @property
    def state(self) -> ExecutionState:
        """A cancel that came too late changes nothing: all tasks succeeded."""
        if not self.completed_at:
            return ExecutionState.RUNNING if self.started_at else ExecutionState.PENDING
        if self.counts.succeeded == self.template.task_count:
            return ExecutionState.SUCCEEDED
        return ExecutionState.CANCELLED if self.cancelled_at else ExecutionState.FAILED

    def started(self, now: datetime) -> "Execution":
        """The first task starts."""
        return replace(self, started_at=self.started_at or now, updated_at=now)

    def cancelled(self, now: datetime) -> "Execution":
        """A user wants it to end."""
        return replace(self, cancelled_at=self.cancelled_at or now, updated_at=now)

    def deleted(self, now: datetime) -> "Execution":
        """A user wants it out of sight."""
        return replace(self, deleted_at=self.deleted_at or now, updated_at=now)

    def failed_by(self, task: Task) -> "Execution":
        """A task ran out of retries; the first one gives the reason."""
        if self.failure or not task.last_result:
            return self
        result = task.last_result
        message = (
            f"Task {task.name} failed with exit code: {result.exit_code} "
            f"and message: {result.message}"
        )
        return replace(self, failure=Failure(result.code, message))

    def completed(self, now: datetime) -> "Execution":
        """No task is left."""
        return replace(self, completed_at=self.completed_at or now, updated_at=now)
