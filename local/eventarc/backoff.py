"""When a failed delivery is tried again; pure."""

import math
from dataclasses import dataclass

MAX_DELAY_SECONDS = 600.0


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential back-off, up to a number of attempts and an age."""

    first_retry_seconds: float = 10.0
    max_attempts: int = 20
    max_age_seconds: float = 24 * 3600.0

    def delay_seconds(self, attempts: int) -> float:
        """How long to wait after so many failed attempts."""
        doublings = attempts - 1
        return min(MAX_DELAY_SECONDS, math.ldexp(self.first_retry_seconds, doublings))

    def gives_up(self, attempts: int, age_seconds: float) -> bool:
        """Whether an event has had its chances."""
        return attempts >= self.max_attempts or age_seconds >= self.max_age_seconds
