"""Launches each run once, whatever answers get lost and whoever asks again.

`jobs.run` knows no request id, so a launch is never retried blindly. What makes it safe is the
run's folder: every try is claimed there by exactly one request, which alone may launch. When
nobody knows how a try ended, the executions are searched for the run before the next try is
claimed. Should Cloud Run show an execution later than that, two work on one run, whose rows are
written once all the same.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.executions.cloud_run import CloudRun
from gateway.launching.deduplication import twin_run_id
from gateway.launching.launch_request import Order
from shared.clients import Clients
from shared.errors import Transient
from shared.runs.folder import EXECUTION, EXECUTIONS, LAUNCH, TWINS, RunFolder, further_try

log = logging.getLogger(__name__)

_PEER_SECONDS = 10.0
_PEER_POLL_SECONDS = 0.25
# Between them, when an answer was lost, the executions are looked through.
_LOOK_AFTER_SECONDS = (0.0, 0.5, 1.5)
_MOST_TRIES = 100
_OWN_TRIES = 4
_CLOCK_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Launch:
    """A launched run.

    Attributes:
        is_new: False when an earlier request had launched it.
    """

    execution_id: str
    run_id: str
    is_new: bool


class Launcher:
    """Launches the jobs of one deployment.

    `nonce` is unique to the request: by it a request recognises its own claims.
    """

    def __init__(self, clients: Clients, *, nonce: str, now: datetime):
        self._clients = clients
        self._settings = clients.settings
        self._cloud_run = CloudRun(clients)
        self._nonce = nonce
        self._now = now

    def identified(self, order: Order) -> Order:
        """The order under a run id: its own, or that of an earlier twin."""
        if order.run_id:
            return order
        own = f"run-{self._nonce}"
        run_id = twin_run_id(
            self.folder(TWINS),
            order.twin_name,
            own,
            now=self._now,
            window_seconds=self._settings.twin_seconds,
        )
        return replace(order.under(run_id), is_twin=run_id != own)

    def earlier(self, order: Order) -> Launch | None:
        """The launch of an earlier request with the same run id, None when there is none yet.

        Raises:
            Conflict: when the run id belongs to another request.
        """
        folder = self.folder(order.run_id)
        if not (claim := folder.read(LAUNCH)):
            return None
        order.require_same(claim)
        launched = folder.read(EXECUTION)
        if not launched:
            return None
        return Launch(launched["execution_id"], order.run_id, is_new=False)

    def launch(self, order: Order) -> Launch:
        """Launch an order that has a run id, or find the execution that was launched for it.

        Raises:
            Conflict: when the run id belongs to another request.
            Transient: when a service is away; asking again with the same run id is safe.
        """
        folder = self.folder(order.run_id)
        first = claim = folder.create(LAUNCH, self._claim(order))
        order.require_same(first)
        own_tries = 0
        for number in range(1, _MOST_TRIES):
            is_ours = claim["nonce"] == self._nonce
            own_tries += is_ours
            execution = self._try(order, folder, first) if is_ours else self._peers(claim, folder)
            if execution:
                return Launch(execution, order.run_id, is_new=is_ours)
            if own_tries == _OWN_TRIES:
                break
            claim = folder.create(further_try(number), self._claim(order))
        raise Transient(
            f"Cloud Run did not launch run {order.run_id}: ask again with this run_id, it is safe",
            run_id=order.run_id,
        )

    def folder(self, run_id: str) -> RunFolder:
        """The folder of a run."""
        return RunFolder.of(self._clients, run_id)

    def _claim(self, order: Order) -> dict[str, Any]:
        return {"nonce": self._nonce, "at": self._now.isoformat(), **order.to_json()}

    def _try(self, order: Order, folder: RunFolder, first: Mapping[str, Any]) -> str | None:
        """Launch, or find what an earlier try launched; None when nothing is known to have been."""
        since = _moment(first) - (timedelta() if order.is_scan else _CLOCK_SKEW)
        run_id = None if order.is_scan else order.run_id
        is_first = first["nonce"] == self._nonce and not folder.read(further_try(1))
        found = None if is_first else self._cloud_run.find(order.job, run_id, since)
        if found:
            return self._settled(found, order, folder)
        try:
            execution = self._cloud_run.run(order.job, order.arguments, order.tasks)
        except Transient as error:
            log.warning("launching run %s: %s; is it there?", order.run_id, error)
            return self._looked_for(order, run_id, since, folder)
        return self._settled(execution, order, folder)

    def _looked_for(
        self, order: Order, run_id: str | None, since: datetime, folder: RunFolder
    ) -> str | None:
        for pause in _LOOK_AFTER_SECONDS:
            time.sleep(pause)
            with suppress(Transient):  # Cloud Run is in trouble: that is why it is asked
                if found := self._cloud_run.find(order.job, run_id, since):
                    return self._settled(found, order, folder)
        return None

    def _peers(self, claim: Mapping[str, Any], folder: RunFolder) -> str | None:
        """The execution that another request launches; None when it has died over it."""
        age = (self._now - _moment(claim)).total_seconds()
        deadline = time.monotonic() + min(max(_PEER_SECONDS - age, 0), _PEER_SECONDS)
        while not (launched := folder.read(EXECUTION)) and time.monotonic() < deadline:
            time.sleep(_PEER_POLL_SECONDS)
        return launched["execution_id"] if launched else None

    def _settled(self, execution_id: str, order: Order, folder: RunFolder) -> str:
        """Write down which execution it is; of several the first one stands."""
        note = {"execution_id": execution_id, "run_id": order.run_id, **order.to_json()}
        standing = str(folder.create(EXECUTION, note)["execution_id"])
        with suppress(Transient):  # it helps when Cloud Run has forgotten the execution
            self.folder(EXECUTIONS).create(f"{standing}.json", note)
        return standing


def _moment(claim: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(claim["at"])
