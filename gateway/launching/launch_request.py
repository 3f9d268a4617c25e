"""A request to launch a job, and the identity by which a duplicate of it is recognised. Pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.errors import Conflict, InvalidArgument
from shared.request.prediction import PredictionRequest
from shared.runs.documents import ExecutionDocument, LaunchDocument

_DIGITS = 20
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRequest:
    """A request for one execution of a job.

    Attributes:
        job: full name of the Cloud Run Job.
        parameters: the job's arguments without the run id.
        run_id: "" when neither the caller nor Cloud Scheduler gave a key.
        is_scan: a scan of the registry; callers may share its execution.
        is_duplicate: the run id is that of an earlier, equal request.
        tasks: None for the number in the job's definition.
    """

    job: str
    caller: str
    parameters: Sequence[str]
    run_id: str = ""
    is_scan: bool = False
    is_duplicate: bool = False
    tasks: int | None = None

    @property
    def arguments(self) -> list[str] | None:
        """The overriding arguments; a scan's are the job's own."""
        if self.is_scan:
            return None
        return [*self.parameters, f"--run_id={self.run_id}"]

    @property
    def deduplication_key(self) -> str:
        """The same for equal requests of one caller; for a scan, of all callers."""
        who = "" if self.is_scan else self.caller
        return digest(self.job, who, *self.parameters)

    def under(self, run_id: str) -> "LaunchRequest":
        """The same request with a run id."""
        return replace(self, run_id=run_id)

    @property
    def recorded_arguments(self) -> tuple[str, ...]:
        """The arguments that the run's documents keep; for a scan, its parameters."""
        return tuple(self.arguments or self.parameters)

    def launch_document(self, *, nonce: str, at: datetime) -> LaunchDocument:
        """The claim of this request on launching its run."""
        return LaunchDocument(
            nonce=nonce,
            at=at,
            job=self.job,
            arguments=self.recorded_arguments,
            tasks=self.tasks,
            caller=self.caller,
        )

    def execution_document(self, execution_id: str) -> ExecutionDocument:
        """The record of the execution that was launched for this request."""
        return ExecutionDocument(
            execution_id=execution_id,
            run_id=self.run_id,
            job=self.job,
            arguments=self.recorded_arguments,
            tasks=self.tasks,
            caller=self.caller,
        )

    def require_same(self, launch: LaunchDocument) -> None:
        """Refuse a run id under which something else was launched.

        Raises:
            Conflict: with the reason RUN_ID_REUSED.
        """
        if (launch.job, launch.arguments) != (self.job, self.recorded_arguments):
            raise Conflict(
                f"run_id {self.run_id} was used for another request: use another one",
                reason="RUN_ID_REUSED",
                run_id=self.run_id,
            )


def prediction_launch(
    request: PredictionRequest, *, job: str, caller: str, tasks: int | None = None
) -> LaunchRequest:
    """The request to launch a prediction."""
    raw = replace(request, run_id="").to_arguments()
    return LaunchRequest(job=job, caller=caller, parameters=raw, run_id=request.run_id, tasks=tasks)


def scan_launch(environment: str, key: str, *, job: str, caller: str) -> LaunchRequest:
    """The request to launch a scan of the registry.

    Raises:
        InvalidArgument: when the key cannot name a run.
    """
    if key and not _KEY.fullmatch(key):
        raise InvalidArgument(
            f"Idempotency-Key {key!r} is not usable: write 1 to 100 letters, digits, dashes and "
            "underscores, starting with a letter or digit",
            reason="INVALID_RUN_ID",
        )
    raw = [f"--env={environment}"]
    return LaunchRequest(job=job, caller=caller, parameters=raw, run_id=key, is_scan=True)


def slot_run_id(request: LaunchRequest, schedule_time: str, schedule: str) -> str:
    """The run id of a slot of Cloud Scheduler: the same however often it fires for it.

    Raises:
        InvalidArgument: when the time is none.
    """
    try:
        slot = datetime.fromisoformat(schedule_time).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidArgument(
            f"X-CloudScheduler-ScheduleTime is {schedule_time!r}: send an RFC 3339 time",
            reason="INVALID_TIME",
        ) from None
    return f"cron-{slot:%Y%m%dT%H%M%SZ}-{digest(request.job, schedule, *request.parameters)}"


def digest(*words: str) -> str:
    """A short name for some words."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:_DIGITS]
