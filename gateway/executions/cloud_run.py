"""The gateway's calls of the Cloud Run API: launch, find, count and cancel executions."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from shared import google_exceptions
from shared.clients import Clients, google_errors
from shared.errors import NotFound

if TYPE_CHECKING:
    from google.cloud import run_v2

_LAUNCH_SECONDS = 30
_RUN_ID_ARGUMENT = "--run_id="
# Cloud Run keeps 1,000 executions of a job; the open ones are among the newest.
_PAGE_SIZE = 1_000
_NEWEST = 500


class CloudRun:
    """The executions of one deployment's jobs."""

    def __init__(self, clients: Clients):
        self._clients = clients
        settings = clients.settings
        self._jobs = (settings.predict_job, settings.registry_job)

    def run(self, job: str, arguments: Sequence[str] | None, tasks: int | None) -> str:
        """Launch an execution without a retry, and return its id.

        Args:
            job: full name of the job.
            arguments: of the container; None for those of the job.
            tasks: None for the number in the job's definition.

        Raises:
            Transient: when the execution may or may not exist: no response, or a 503.
            MlsysError: when Cloud Run refuses.
        """
        from google.cloud import run_v2

        overrides = run_v2.RunJobRequest.Overrides(task_count=tasks)
        if arguments is not None:
            container = run_v2.RunJobRequest.Overrides.ContainerOverride(args=list(arguments))
            overrides.container_overrides = [container]
        request = run_v2.RunJobRequest(name=job, overrides=overrides)
        with google_errors(f"launching {resource_id(job)}"):
            operation = self._clients.jobs.run_job(request, retry=None, timeout=_LAUNCH_SECONDS)
        return resource_id(str(operation.metadata.name))

    def find(self, job: str, run_id: str | None, since: datetime) -> str | None:
        """The newest execution of a job since a time, of a run; of any run without a run id."""
        for execution in self.executions(job):
            created = execution.create_time
            if created >= since and (run_id is None or run_id_of(execution) == run_id):
                return resource_id(execution.name)
        return None

    def executions(self, job: str) -> "Iterator[run_v2.Execution]":
        """The executions of a job that Cloud Run keeps, newest first."""
        with google_errors(f"listing the executions of {resource_id(job)}"):
            request = {"parent": job, "page_size": _PAGE_SIZE}
            yield from self._clients.executions.list_executions(request)

    def open_executions(self, job: str) -> int:
        """The number of executions of a job that have not completed."""
        newest = islice(self.executions(job), _NEWEST)
        return sum(not execution.completion_time for execution in newest)

    def execution(self, execution_id: str) -> "run_v2.Execution | None":
        """An execution, None when Cloud Run has deleted it or never had it."""
        name = self.name_of(execution_id)
        with google_errors(f"looking for execution {execution_id}"):
            try:
                return self._clients.executions.get_execution(name=name)
            except google_exceptions.NotFound:
                return None

    def cancel(self, execution_id: str) -> None:
        """Cancel an execution; one that has completed stays unchanged."""
        name = self.name_of(execution_id)
        with google_errors(f"cancelling {execution_id}"):
            try:
                self._clients.executions.cancel_execution(name=name, retry=None)
            except google_exceptions.BadRequest:
                execution = self.execution(execution_id)
                if execution and not execution.completion_time:
                    raise

    def name_of(self, execution_id: str) -> str:
        """The full name of an execution of this deployment.

        Raises:
            NotFound: when no job of this deployment can have an execution of that id.
        """
        for job in self._jobs:
            # Cloud Run makes an execution's id of its job's id and a suffix.
            if re.fullmatch(re.escape(resource_id(job)) + r"-[a-z0-9]+", execution_id):
                return f"{job}/executions/{execution_id}"
        raise unknown_execution(execution_id)


def unknown_execution(execution_id: str) -> NotFound:
    """The error for an id that is no execution of this deployment."""
    return NotFound(
        f"{execution_id!r} is not an execution of this deployment",
        reason="EXECUTION_NOT_FOUND",
        execution_id=execution_id,
    )


def run_id_of(execution: "run_v2.Execution") -> str:
    """The run of an execution: its argument --run_id, else its own id."""
    return argument_of(execution, _RUN_ID_ARGUMENT) or resource_id(execution.name)


def argument_of(execution: "run_v2.Execution", option: str) -> str:
    """The value of an option such as `--run_id=` among the arguments, "" when there is none."""
    arguments = execution.template.containers[0].args
    given = (each for each in arguments if each.startswith(option))
    return next(given, "").removeprefix(option)


def arguments_of(execution: "run_v2.Execution") -> dict[str, str]:
    """The arguments of an execution by name; the values of a repeated one are joined by commas."""
    found: dict[str, str] = {}
    for argument in execution.template.containers[0].args:
        name, separator, value = argument.removeprefix("--").partition("=")
        if separator:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def resource_id(name: str) -> str:
    """The last segment of a full resource name: https://google.aip.dev/122."""
    return name.rpartition("/")[2]
