"""When a firing that failed is tried again; pure.

https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#RetryConfig
"""

import math
from dataclasses import dataclass
from typing import Any

from local.run.formats import seconds, whole

DEFAULTS: dict[str, object] = {
    "retryCount": 0,
    "maxRetryDuration": "0s",
    "minBackoffDuration": "5s",
    "maxBackoffDuration": "3600s",
    "maxDoublings": 5,
}


@dataclass(frozen=True)
class RetryPolicy:
    """How often, how long and how soon."""

    count: int
    duration_seconds: float
    min_seconds: float
    max_seconds: float
    doublings: int

    @classmethod
    def of(cls, config: dict[str, Any]) -> "RetryPolicy":
        """Read a complete retryConfig.

        Raises:
            InvalidArgumentError: when a value is no number or no duration.
        """
        return cls(
            whole(config["retryCount"]),
            seconds(config["maxRetryDuration"]),
            seconds(config["minBackoffDuration"]),
            seconds(config["maxBackoffDuration"]),
            whole(config["maxDoublings"]),
        )

    def gives_up(self, attempts: int, age_seconds: float) -> bool:
        """Whether a firing has had its chances: both limits must be reached."""
        return attempts > self.count and age_seconds >= self.duration_seconds

    def delay_seconds(self, attempts: int) -> float:
        """How long to wait after so many failed attempts: doubled at first, then longer evenly."""
        doubled = min(attempts - 1, self.doublings)
        steps = max(1, attempts - self.doublings)
        return min(self.max_seconds, math.ldexp(self.min_seconds, doubled) * steps)
