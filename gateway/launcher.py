"""Launches Cloud Run Jobs, each run once; the only speaker to Cloud Run.

`jobs.run` knows no request id, so a launch is never retried blindly. What makes it safe is the
run's folder: `launch.json` is created by exactly one request of a run, and that one launches.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.clients import Clients, google_errors
from shared.errors import Conflict, NotFound
from shared.prediction import PredictionRequest
from shared.runs import EXECUTION, LAUNCH, RunFolder

if TYPE_CHECKING:
    from google.cloud import run_v2

_LAUNCH_SECONDS = 30
_PEER_SECONDS = 10.0
_PEER_POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Launch:
    """A launched run.

    Attributes:
        is_new: False when an earlier request with the same run id had launched it.
    """

    execution_id: str
    run_id: str
    is_new: bool


class Launcher:
    """Launches the jobs of one deployment."""

    def __init__(self, clients: Clients):
        self._clients = clients
        self._settings = clients.settings

    def predict(
        self, request: PredictionRequest, *, nonce: str, tasks: int | None = None
    ) -> Launch:
        """Launch a prediction, or find the execution that was launched for the same run.

        `nonce` is unique to this call: by it a request recognises its own claim. Without `tasks`,
        the job's definition says how many.

        Raises:
            Conflict: when the run id belongs to another request.
            Transient: when a service is away; asking again with the same run id is safe.
        """
        request = request if request.run_id else replace(request, run_id=f"run-{nonce}")
        folder = self.folder(request.run_id)
        arguments = request.to_arguments()
        claim = folder.create(LAUNCH, {"nonce": nonce, "arguments": arguments})
        if claim["arguments"] != arguments:
            raise Conflict(
                f"run_id {request.run_id} was used for another request: use another one",
                reason="RUN_ID_REUSED",
                run_id=request.run_id,
            )
        if claim["nonce"] != nonce and (execution := self._peer_execution(folder)):
            return Launch(execution, request.run_id, is_new=False)
        # Ours to launch, or the peer died between claim and launch. Should it have launched all
        # the same, two executions work on one run, whose rows are written once.
        execution = self._run(self._settings.predict_job, arguments, tasks)
        standing = folder.create(EXECUTION, {"execution_id": execution})
        return Launch(standing["execution_id"], request.run_id, is_new=True)

    def reconcile(self) -> str:
        """Launch the registry's reconcile scan; the execution id is returned."""
        return self._run(self._settings.registry_job)

    def folder(self, run_id: str) -> RunFolder:
        """The folder of a run."""
        return RunFolder(self._clients.storage.bucket(self._settings.runs_bucket), run_id)

    def execution(self, execution_id: str) -> "run_v2.Execution":
        """An execution as Cloud Run knows it.

        Raises:
            NotFound: when it knows none of that id.
        """
        for job in (self._settings.predict_job, self._settings.registry_job):
            if _is_execution_of(job, execution_id):
                with google_errors(f"looking for execution {execution_id}"):
                    name = f"{job}/executions/{execution_id}"
                    return self._clients.executions.get_execution(name=name)
        raise NotFound(
            f"{execution_id!r} is not an execution of this deployment",
            reason="EXECUTION_NOT_FOUND",
        )

    def _peer_execution(self, folder: RunFolder) -> str | None:
        deadline = time.monotonic() + _PEER_SECONDS
        while not (launched := folder.read(EXECUTION)) and time.monotonic() < deadline:
            time.sleep(_PEER_POLL_SECONDS)
        return launched["execution_id"] if launched else None

    def _run(
        self, job: str, arguments: Sequence[str] | None = None, tasks: int | None = None
    ) -> str:
        from google.cloud import run_v2

        overrides = run_v2.RunJobRequest.Overrides(task_count=tasks)
        if arguments is not None:
            container = run_v2.RunJobRequest.Overrides.ContainerOverride(args=list(arguments))
            overrides.container_overrides = [container]
        request = run_v2.RunJobRequest(name=job, overrides=overrides)
        with google_errors(f"launching {job.rpartition('/')[2]}"):
            operation = self._clients.jobs.run_job(request, retry=None, timeout=_LAUNCH_SECONDS)
        return str(operation.metadata.name).rpartition("/")[2]


def _is_execution_of(job: str, execution_id: str) -> bool:
    # Cloud Run names an execution after its job, with a suffix of its own.
    return bool(re.fullmatch(re.escape(job.rpartition("/")[2]) + r"-[a-z0-9]+", execution_id))
