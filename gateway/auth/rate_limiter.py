"""How often a caller may ask, and how many runs may be open.

Each instance counts for itself: with n instances a caller has up to n times the rate.
"""

import time
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from gateway.auth.authorization import current_caller
from gateway.auth.permissions import Action
from gateway.executions.cloud_run import CloudRun
from shared.clients import Clients
from shared.errors import ResourceExhausted
from shared.settings.settings import Settings

if TYPE_CHECKING:
    from limits.strategies import RateLimiter

_COUNT_SECONDS = 2.0


def limit_rates(app: Flask) -> None:
    """Let an application count what its callers ask for."""
    app.extensions["rates"] = Rates()


class Rates:
    """What each caller has asked for in the last minute, in this process."""

    def __init__(self) -> None:
        self._limiter: RateLimiter | None = None

    def spend(self, caller: str, purse: str, per_minute: int) -> float | None:
        """Take one of a caller's tokens; when there is none, the seconds until there is one."""
        from limits import RateLimitItemPerMinute  # noqa: PLC0415  (see `_made`)

        limiter = self._limiter = self._limiter or self._made()
        item = RateLimitItemPerMinute(per_minute)
        if limiter.hit(item, purse, caller):
            return None
        return max(limiter.get_window_stats(item, purse, caller).reset_time - time.time(), 1.0)

    @staticmethod
    def _made() -> "RateLimiter":
        # It takes as long to import as Flask, and /health does without.
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        return MovingWindowRateLimiter(MemoryStorage())


def spend(action: Action) -> None:
    """Count a request against its caller's rate.

    Raises:
        ResourceExhausted: which says how long to wait.
    """
    settings: Settings = current_app.extensions["clients"].settings
    is_launch = action is Action.LAUNCH
    per_minute = settings.launches_per_minute if is_launch else settings.requests_per_minute
    if not per_minute:
        return
    rates: Rates = current_app.extensions["rates"]
    purse = "launches" if is_launch else "requests"
    if seconds := rates.spend(current_caller(), purse, per_minute):
        raise ResourceExhausted(
            f"{current_caller()} has made {per_minute} {purse} within a minute: "
            f"wait {seconds:.0f} s",
            reason="RATE_LIMITED",
            retry_after_seconds=f"{seconds:.0f}",
        )


class OpenRuns:
    """How many predictions are running or queued, counted at most every two seconds."""

    def __init__(self, clients: Clients):
        self._cloud_run = CloudRun(clients)
        self._settings = clients.settings
        self._lock = Lock()
        self._count = 0
        self._counted_at = -_COUNT_SECONDS

    def require_room(self) -> None:
        """Refuse to launch beyond the deployment's bound.

        Raises:
            ResourceExhausted: when there are too many open runs.
        """
        most = self._settings.max_open_runs
        if most and (count := self._counted()) >= most:
            raise ResourceExhausted(
                f"{count} executions are open, and this deployment allows {most} at once: wait "
                "until some have ended",
                reason="TOO_MANY_OPEN_RUNS",
                retry_after_seconds="30",
            )

    def _counted(self) -> int:
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
