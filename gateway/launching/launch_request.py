"""A request to launch a job, and the run ids and keys that identify it. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.errors import Conflict, InvalidArgument
from shared.request.prediction_request import RUN_ID, PredictionRequest
from shared.runs.documents import ExecutionDocument, LaunchDocument

_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRequest:
    """A request for one execution of a job.

    Attributes:
        job: full name of the Cloud Run Job.
        parameters: the job's arguments without the run id.
        run_id: "" when the request has neither a key nor a slot of Cloud Scheduler.
        is_scan: whether it scans the registry; callers share the execution of a scan.
        is_duplicate: whether the run id is that of an earlier, equal request.
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
        """The arguments of the execution; None for those of the job, which a scan uses."""
        if self.is_scan:
            return None
        return [*self.parameters, f"--run_id={self.run_id}"]

    @property
    def deduplication_key(self) -> str:
        """A digest that equal requests of one caller share; equal scans of all callers share it."""
        caller = "" if self.is_scan else self.caller
        return digest(self.job, caller, *self.parameters)

    def with_run_id(self, run_id: str) -> "LaunchRequest":
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
        """Require that the run id was not used for another request.

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
    arguments = replace(request, run_id="").to_arguments()
    return LaunchRequest(
        job=job, caller=caller, parameters=arguments, run_id=request.run_id, tasks=tasks
    )


def scan_launch(environment: str, key: str, *, job: str, caller: str) -> LaunchRequest:
    """The request to launch a scan of the registry.

    Raises:
        InvalidArgument: when the key is no run id.
    """
    if key and not RUN_ID.fullmatch(key):
        raise InvalidArgument(
            f"Idempotency-Key {key!r} is not usable: write 1 to 100 letters, digits, dashes and "
            "underscores, starting with a letter or digit",
            reason="INVALID_RUN_ID",
        )
    arguments = [f"--env={environment}"]
    return LaunchRequest(job=job, caller=caller, parameters=arguments, run_id=key, is_scan=True)


def slot_run_id(request: LaunchRequest, schedule_time: str, schedule: str) -> str:
    """The run id of one scheduled time of one schedule; repeated firings share it.

    Args:
        request: what the schedule launches.
        schedule_time: Cloud Scheduler's header X-CloudScheduler-ScheduleTime, RFC 3339.
        schedule: Cloud Scheduler's header X-CloudScheduler-JobName.

    Raises:
        InvalidArgument: when the time is malformed.
    """
    try:
        slot = datetime.fromisoformat(schedule_time).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidArgument(
            f"X-CloudScheduler-ScheduleTime is {schedule_time!r}: send an RFC 3339 time",
            reason="INVALID_TIME",
        ) from None
    return f"cron-{slot:%Y%m%dT%H%M%SZ}-{digest(request.job, schedule, *request.parameters)}"


def digest(*texts: str) -> str:
    """20 hexadecimal digits of the SHA-256 of some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_DIGITS]
