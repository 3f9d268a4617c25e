"""The only speaker to Cloud Run: launches, finds, counts and cancels executions."""

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
# Cloud Run keeps so many executions of a job; those that are open are among the newest.
_EXECUTIONS_A_PAGE = 1_000
_NEWEST = 500


class CloudRun:
    """The executions of one deployment's jobs."""

    def __init__(self, clients: Clients):
        self._clients = clients
        settings = clients.settings
        self._jobs = (settings.predict_job, settings.registry_job)

    def run(self, job: str, arguments: Sequence[str] | None, tasks: int | None) -> str:
        """Launch an execution, without a second try; its id is returned.

        Raises:
            Transient: when nobody knows whether it was launched: the answer was lost, or is a 503.
            MlsysError: when Cloud Run refuses.
        """
        from google.cloud import run_v2

        overrides = run_v2.RunJobRequest.Overrides(task_count=tasks)
        if arguments is not None:
            container = run_v2.RunJobRequest.Overrides.ContainerOverride(args=list(arguments))
            overrides.container_overrides = [container]
        request = run_v2.RunJobRequest(name=job, overrides=overrides)
        with google_errors(f"launching {short(job)}"):
            operation = self._clients.jobs.run_job(request, retry=None, timeout=_LAUNCH_SECONDS)
        return short(str(operation.metadata.name))

    def find(self, job: str, run_id: str | None, since: datetime) -> str | None:
        """An execution that was created since then for a run; without a run id, for any."""
        for execution in self.executions(job):
            created = execution.create_time
            if created >= since and (run_id is None or run_id_of(execution) == run_id):
                return short(execution.name)
        return None

    def executions(self, job: str) -> "Iterator[run_v2.Execution]":
        """The executions of a job that Cloud Run still knows, newest first."""
        with google_errors(f"listing the executions of {short(job)}"):
            request = {"parent": job, "page_size": _EXECUTIONS_A_PAGE}
            yield from self._clients.executions.list_executions(request)

    def open_executions(self, job: str) -> int:
        """How many executions of a job have not ended."""
        newest = islice(self.executions(job), _NEWEST)
        return sum(not execution.completion_time for execution in newest)

    def execution(self, execution_id: str) -> "run_v2.Execution | None":
        """An execution, None when Cloud Run has forgotten it or never knew it."""
        name = self.name_of(execution_id)
        with google_errors(f"looking for execution {execution_id}"):
            try:
                return self._clients.executions.get_execution(name=name)
            except google_exceptions.NotFound:
                return None

    def cancel(self, execution_id: str) -> None:
        """Ask for the end of an execution; one that has ended meanwhile stays as it is."""
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
            NotFound: when the id cannot be that of one.
        """
        for job in self._jobs:
            # Cloud Run names an execution after its job, with a suffix of its own.
            if re.fullmatch(re.escape(short(job)) + r"-[a-z0-9]+", execution_id):
                return f"{job}/executions/{execution_id}"
        raise unknown_execution(execution_id)


def unknown_execution(execution_id: str) -> NotFound:
    """The refusal to speak of an execution that nobody remembers."""
    return NotFound(
        f"{execution_id!r} is not an execution of this deployment",
        reason="EXECUTION_NOT_FOUND",
        execution_id=execution_id,
    )


def run_id_of(execution: "run_v2.Execution") -> str:
    """The run that an execution works on: its --run_id, else its own name."""
    return argument_of(execution, _RUN_ID_ARGUMENT) or short(execution.name)


def argument_of(execution: "run_v2.Execution", option: str) -> str:
    """The value of an argument such as `--run_id=`, "" when it is not given."""
    arguments = execution.template.containers[0].args
    given = (each for each in arguments if each.startswith(option))
    return next(given, "").removeprefix(option)


def arguments_of(execution: "run_v2.Execution") -> dict[str, str]:
    """The arguments of an execution by name; one that was repeated is told by commas."""
    found: dict[str, str] = {}
    for argument in execution.template.containers[0].args:
        name, separator, value = argument.removeprefix("--").partition("=")
        if separator:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def short(name: str) -> str:
    """The last part of a full name."""
    return name.rpartition("/")[2]
