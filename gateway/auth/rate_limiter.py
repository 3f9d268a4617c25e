"""A bound on each caller's requests per minute.

Each instance counts for itself: with n instances a caller has up to n times the rate.
"""

import time
from typing import TYPE_CHECKING

from flask import Flask, current_app

from gateway.auth.authorization import Permission
from gateway.context import clients, current_caller
from shared.errors import ResourceExhausted

if TYPE_CHECKING:
    from limits.strategies import RateLimiter as MovingWindow


def configure_rate_limiter(app: Flask) -> None:
    """Give an application a rate limiter of its own."""
    app.extensions["rate_limiter"] = RateLimiter()


class RateLimiter:
    """The requests of each caller within the last minute, in this process."""

    def __init__(self) -> None:
        self._limiter: MovingWindow | None = None

    def acquire(self, caller: str, bucket: str, per_minute: int) -> float | None:
        """Count a request.

        Args:
            caller: whose request it is.
            bucket: requests of different buckets are counted apart.
            per_minute: how many requests of the bucket a caller may make in a minute.

        Returns:
            None when the rate allows the request, else the seconds until it would.
        """
        from limits import RateLimitItemPerMinute  # noqa: PLC0415  (see `_moving_window`)

        limiter = self._limiter = self._limiter or _moving_window()
        item = RateLimitItemPerMinute(per_minute)
        if limiter.hit(item, bucket, caller):
            return None
        return max(limiter.get_window_stats(item, bucket, caller).reset_time - time.time(), 1.0)


def _moving_window() -> "MovingWindow":
    # Importing it takes as long as importing Flask, and /health does not need it.
    from limits.storage import MemoryStorage  # noqa: PLC0415
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

    return MovingWindowRateLimiter(MemoryStorage())


def require_rate(permission: Permission) -> None:
    """Count the current request, and require that its caller's rate allows it.

    Raises:
        ResourceExhausted: when it does not; the error says how long to wait.
    """
    settings = clients().settings
    is_launch = permission is Permission.LAUNCH
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
