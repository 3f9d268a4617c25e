"""A task and its attempts: pure transitions from one frozen state to the next.

The states are those of Cloud Run's v1 reference: https://cloud.google.com/run/docs/reference/rest/v1/namespaces.tasks/list
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum


class Code(IntEnum):
    """The gRPC codes that Cloud Run gives to attempts and operations."""

    OK = 0
    CANCELLED = 1
    DEADLINE_EXCEEDED = 4
    ABORTED = 10


class TaskState(StrEnum):
    """Where a task is. Abandoned: it never started, and never will."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    ABANDONED = "Abandoned"


UNFINISHED = (TaskState.PENDING, TaskState.RUNNING)


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """How one attempt ended."""

    code: Code = Code.OK
    message: str = ""
    exit_code: int = 0
    term_signal: int = 0


TIMED_OUT = AttemptResult(Code.DEADLINE_EXCEEDED, "The configured timeout was reached.")
STOPPED = AttemptResult(Code.CANCELLED, "Cancelled by user.")
LOST = AttemptResult(Code.ABORTED, "The container was lost in a restart of the control plane.")


def exited(returncode: int) -> AttemptResult:
    """Return the result of a process that ended by itself or by a signal that we did not send."""
    if returncode == 0:
        return AttemptResult()
    if returncode < 0:
        message = f"Container terminated on signal {-returncode}."
        return AttemptResult(Code.ABORTED, message, term_signal=-returncode)
    return AttemptResult(Code.ABORTED, "The container exited with an error.", exit_code=returncode)


def not_started(reason: object) -> AttemptResult:
    """Return the result of an attempt whose process could not be started; a shell exits 127."""
    message = f"Application failed to start: {reason}."
    return AttemptResult(Code.ABORTED, message, exit_code=127)


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that outlives a restart of the stand-in; its creation time, as ids are reused."""

    pid: int
    created: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One container of an execution; `retried` is also the number of its current attempt."""

    execution: str
    index: int
    uid: str
    created_at: datetime
    state: TaskState = TaskState.PENDING
    retried: int = 0
    started_at: datetime | None = None
    completed_at: datetime | None = None
    last_result: AttemptResult | None = None
    process: ProcessIdentity | None = None

    @property
    def name(self) -> str:
        """`{execution}-task{index}`."""
        return f"{self.execution}-task{self.index}"

    def begun(self, now: datetime) -> "Task":
        """An attempt begins; its process is not known yet."""
        started_at = self.started_at or now
        return replace(self, state=TaskState.RUNNING, started_at=started_at, process=None)

    def stopped(self, now: datetime) -> "Task":
        """The execution was cancelled."""
        state = TaskState.CANCELLED if self.started_at else TaskState.ABANDONED
        return replace(self, state=state, completed_at=now, last_result=STOPPED)

    def ended(
        self, result: AttemptResult, now: datetime, *, max_retries: int, cancelled: bool
    ) -> "Task":
        """The attempt is over: the task has succeeded, is stopped, waits for another go, or failed.

        An attempt that was stopped without a cancel (the stand-in shuts down) does not count.
        """
        if cancelled and result.code is not Code.OK:
            return self.stopped(now)
        if result.code is Code.CANCELLED:
            return replace(self, state=TaskState.PENDING)
        if result.code is not Code.OK and self.retried < max_retries:
            retried = self.retried + 1
            return replace(self, state=TaskState.PENDING, retried=retried, last_result=result)
        state = TaskState.SUCCEEDED if result.code is Code.OK else TaskState.FAILED
        return replace(self, state=state, completed_at=now, last_result=result)
