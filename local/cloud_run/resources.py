"""Jobs and executions as they are stored: frozen, with pure transitions."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from local.cloud_run.tasks import Code, Task
from local.cloud_run.template import Template


class JobName(NamedTuple):
    """Where a job lives."""

    project: str
    region: str
    job: str


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
