"""The bound on open runs: `MLSYS_MAX_OPEN_RUNS`.

Cloud Run is not asked again within two seconds, so a burst of launches can exceed the bound.
"""

import time
from threading import Lock
from typing import Any

from flask import current_app

from gateway.executions.cloud_run import CloudRun
from shared.clients import Clients
from shared.errors import ResourceExhausted

_COUNT_SECONDS = 2.0


class OpenRuns:
    """The number of predictions that are queued or running, counted at most every two seconds."""

    def __init__(self, clients: Clients):
        self._cloud_run = CloudRun(clients)
        self._settings = clients.settings
        self._lock = Lock()
        self._count = 0
        self._counted_at = -_COUNT_SECONDS

    def require_free_slot(self) -> None:
        """Require that the deployment has fewer open runs than its bound.

        Raises:
            ResourceExhausted: when it does not.
        """
        maximum = self._settings.max_open_runs
        if maximum and (count := self._cached_count()) >= maximum:
            raise ResourceExhausted(
                f"{count} executions are open, and this deployment allows {maximum} at once: wait "
                "until some have ended",
                reason="TOO_MANY_OPEN_RUNS",
                retry_after_seconds="30",
            )

    def _cached_count(self) -> int:
        with self._lock:
            now = time.monotonic()
            if now - self._counted_at >= _COUNT_SECONDS:
                self._count = self._cloud_run.open_executions(self._settings.predict_job)
                self._counted_at = now
            return self._count


def open_runs() -> OpenRuns:
    """The open runs of the current application's deployment."""
    extensions: dict[str, Any] = current_app.extensions
    found: OpenRuns = extensions.setdefault("open_runs", OpenRuns(extensions["clients"]))
    return found
