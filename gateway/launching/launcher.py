"""Launches each run once, also when responses get lost and requests are repeated.

Cloud Run's `jobs.run` takes no request id, so a launch is not retried blindly. Each try is claimed
in the run's folder by exactly one request, and only that request launches. When the outcome of a
try is unknown, the executions are searched for the run before the next try is claimed. If Cloud
Run lists an execution only after that search, two executions work on one run; its rows are
written once nevertheless.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.executions.cloud_run import CloudRun
from gateway.launching.deduplication import deduplicated_run_id
from gateway.launching.launch_request import LaunchRequest
from shared.clients import Clients
from shared.errors import Transient
from shared.runs.documents import LaunchDocument
from shared.runs.folder import (
    DEDUPLICATION,
    EXECUTION,
    EXECUTIONS,
    LAUNCH,
    RunFolder,
    execution_name,
    further_try,
)

log = logging.getLogger(__name__)

_PEER_SECONDS = 10.0
_PEER_POLL_SECONDS = 0.25
# Pauses before each search for an execution whose launch got no response.
_SEARCH_AFTER_SECONDS = (0.0, 0.5, 1.5)
_MAX_TRIES = 100
_MAX_OWN_TRIES = 4
_CLOCK_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Launch:
    """A launched run.

    Attributes:
        is_new: False when an earlier request launched it.
    """

    execution_id: str
    run_id: str
    is_new: bool


class Launcher:
    """Launches the jobs of one deployment for one HTTP request."""

    def __init__(self, clients: Clients, *, nonce: str, now: datetime):
        """`nonce` is unique to the HTTP request, which recognises its own claims by it."""
        self._clients = clients
        self._settings = clients.settings
        self._cloud_run = CloudRun(clients)
        self._nonce = nonce
        self._now = now

    def identified(self, request: LaunchRequest) -> LaunchRequest:
        """The request with a run id: its own, an earlier duplicate's, or a new one."""
        if request.run_id:
            return request
        own = f"run-{self._nonce}"
        run_id = deduplicated_run_id(
            self.folder(DEDUPLICATION),
            request.deduplication_key,
            own,
            now=self._now,
            window_seconds=self._settings.deduplication_seconds,
        )
        return replace(request.with_run_id(run_id), is_duplicate=run_id != own)

    def earlier(self, request: LaunchRequest) -> Launch | None:
        """The launch of an earlier request with the same run id, None when there is none.

        Raises:
            Conflict: when the run id belongs to another request.
        """
        folder = self.folder(request.run_id)
        if not (claim := folder.read(LAUNCH)):
            return None
        request.require_same(claim)
        launched = folder.read(EXECUTION)
        if not launched:
            return None
        return Launch(launched.execution_id, request.run_id, is_new=False)

    def launch(self, request: LaunchRequest) -> Launch:
        """Launch a request that has a run id, or find the execution that was launched for it.

        Raises:
            Conflict: when the run id belongs to another request.
            Transient: when a service is away; repeating the request with the same run id is safe.
        """
        folder = self.folder(request.run_id)
        first = claim = folder.create(LAUNCH, self._claim(request))
        request.require_same(first)
        own_tries = 0
        for number in range(1, _MAX_TRIES):
            is_ours = claim.nonce == self._nonce
            own_tries += is_ours
            execution = (
                self._try(request, folder, first)
                if is_ours
                else self._launched_by_peer(claim, folder)
            )
            if execution:
                return Launch(execution, request.run_id, is_new=is_ours)
            if own_tries == _MAX_OWN_TRIES:
                break
            claim = folder.create(further_try(number), self._claim(request))
        raise Transient(
            f"Cloud Run did not launch run {request.run_id}: ask again with this run_id, "
            "it is safe",
            run_id=request.run_id,
        )

    def folder(self, run_id: str) -> RunFolder:
        """The folder of a run."""
        return RunFolder.of(self._clients, run_id)

    def _claim(self, request: LaunchRequest) -> LaunchDocument:
        return request.launch_document(nonce=self._nonce, at=self._now)

    def _try(self, request: LaunchRequest, folder: RunFolder, first: LaunchDocument) -> str | None:
        """Launch, or find the execution of an earlier try; None when neither succeeds."""
        since = first.at - (timedelta() if request.is_scan else _CLOCK_SKEW)
        run_id = None if request.is_scan else request.run_id
        is_first = first.nonce == self._nonce and not folder.read(further_try(1))
        found = None if is_first else self._cloud_run.find(request.job, run_id, since)
        if found:
            return self._recorded(found, request, folder)
        try:
            execution = self._cloud_run.run(request.job, request.arguments, request.tasks)
        except Transient as error:
            log.warning("launching run %s: %s; searching for its execution", request.run_id, error)
            return self._search(request, run_id, since, folder)
        return self._recorded(execution, request, folder)

    def _search(
        self, request: LaunchRequest, run_id: str | None, since: datetime, folder: RunFolder
    ) -> str | None:
        for pause in _SEARCH_AFTER_SECONDS:
            time.sleep(pause)
            with suppress(Transient):  # Cloud Run may still be failing
                if found := self._cloud_run.find(request.job, run_id, since):
                    return self._recorded(found, request, folder)
        return None

    def _launched_by_peer(self, claim: LaunchDocument, folder: RunFolder) -> str | None:
        """The execution that another request launches, None when it launches none in time."""
        age = (self._now - claim.at).total_seconds()
        deadline = time.monotonic() + min(max(_PEER_SECONDS - age, 0), _PEER_SECONDS)
        while not (launched := folder.read(EXECUTION)) and time.monotonic() < deadline:
            time.sleep(_PEER_POLL_SECONDS)
        return launched.execution_id if launched else None

    def _recorded(self, execution_id: str, request: LaunchRequest, folder: RunFolder) -> str:
        """Record the execution of a run; when several are recorded, the first one is returned."""
        launched = folder.create(EXECUTION, request.execution_document(execution_id))
        with suppress(Transient):  # only needed after Cloud Run has deleted the execution
            self.folder(EXECUTIONS).create(execution_name(launched.execution_id), launched)
        return launched.execution_id
