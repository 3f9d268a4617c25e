"""How often a caller may ask.

Each instance counts for itself: with n instances a caller has up to n times the rate.
"""

import time
from typing import TYPE_CHECKING

from flask import Flask, current_app

from gateway.auth.authorization import current_caller
from gateway.auth.permissions import Action
from shared.errors import ResourceExhausted
from shared.settings.settings import Settings

if TYPE_CHECKING:
    from limits.strategies import RateLimiter as MovingWindow


def limit_rates(app: Flask) -> None:
    """Let an application count what its callers ask for."""
    app.extensions["rate_limiter"] = RateLimiter()


class RateLimiter:
    """What each caller has asked for in the last minute, in this process."""

    def __init__(self) -> None:
        self._limiter: MovingWindow | None = None

    def acquire(self, caller: str, bucket: str, per_minute: int) -> float | None:
        """Take one of a caller's tokens; when there is none, the seconds until there is one."""
        from limits import RateLimitItemPerMinute  # noqa: PLC0415  (see `_made`)

        limiter = self._limiter = self._limiter or self._made()
        item = RateLimitItemPerMinute(per_minute)
        if limiter.hit(item, bucket, caller):
            return None
        return max(limiter.get_window_stats(item, bucket, caller).reset_time - time.time(), 1.0)

    @staticmethod
    def _made() -> "MovingWindow":
        # It takes as long to import as Flask, and /health does without.
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        return MovingWindowRateLimiter(MemoryStorage())


def acquire(action: Action) -> None:
    """Count a request against its caller's rate.

    Raises:
        ResourceExhausted: which says how long to wait.
    """
    settings: Settings = current_app.extensions["clients"].settings
    is_launch = action is Action.LAUNCH
    per_minute = settings.launches_per_minute if is_launch else settings.requests_per_minute
    if not per_minute:
        return
    limiter: RateLimiter = current_app.extensions["rate_limiter"]
    bucket = "launches" if is_launch else "requests"
    if seconds := limiter.acquire(current_caller(), bucket, per_minute):
        raise ResourceExhausted(
            f"{current_caller()} has made {per_minute} {bucket} within a minute: "
            f"wait {seconds:.0f} s",
            reason="RATE_LIMITED",
            retry_after_seconds=f"{seconds:.0f}",
        )
