"""A job as the API writes it: what is checked of it, when it is due and tried again; pure.

https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs
"""

import base64
import binascii
import math
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from local.google_json import InvalidArgumentError, integer, seconds, without_nulls

type Resource = dict[str, Any]

_NAME = re.compile(r"projects/[^/]+/locations/[^/]+/jobs/[A-Za-z0-9_-]{1,500}")
_FIELDS = 5  # of unix-cron; more would be seconds, which Cloud Scheduler does not know
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_METHODS = ("POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")

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
            integer(config["retryCount"]),
            seconds(config["maxRetryDuration"]),
            seconds(config["minBackoffDuration"]),
            seconds(config["maxBackoffDuration"]),
            integer(config["maxDoublings"]),
        )

    def gives_up(self, attempts: int, age_seconds: float) -> bool:
        """Whether a firing has had its chances: both limits must be reached."""
        return attempts > self.count and age_seconds >= self.duration_seconds

    def delay_seconds(self, attempts: int) -> float:
        """How long to wait after so many failed attempts: doubled at first, then longer evenly."""
        doubled = min(attempts - 1, self.doublings)
        steps = max(1, attempts - self.doublings)
        return min(self.max_seconds, math.ldexp(self.min_seconds, doubled) * steps)


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        resource: What was asked for, with every default in its place.
    """

    resource: Resource

    @classmethod
    def of(cls, wanted: Resource) -> "Job":
        """Check what was asked for.

        Raises:
            InvalidArgumentError: naming the field that can never be right.
        """
        retries = {**DEFAULTS, **wanted.get("retryConfig", {})}
        target = {"httpMethod": "POST", **wanted.get("httpTarget", {})}
        defaults = {"timeZone": "Etc/UTC", "attemptDeadline": "180s", "state": "ENABLED"}
        job = cls({**defaults, **wanted, "retryConfig": retries, "httpTarget": target})
        job.require_usable()
        return job

    def require_usable(self) -> None:
        """See `of`."""
        _require(_NAME.fullmatch(self.name), f"Job name must be {_NAME.pattern}: {self.name!r}")
        url = urlsplit(self.target.get("uri", ""))
        _require(url.scheme in {"http", "https"} and url.netloc, "httpTarget.uri must be a URL")
        method = self.target["httpMethod"]
        _require(method in _METHODS, f"httpTarget.httpMethod is none of {_METHODS}: {method!r}")
        self.next_slot(_ANY_TIME)
        _ = self.body, self.retries, self.deadline_seconds

    @property
    def name(self) -> str:
        """Full name: `projects/…/locations/…/jobs/…`."""
        return str(self.resource.get("name", ""))

    @property
    def short_name(self) -> str:
        """What the job's requests call it."""
        return self.name.rpartition("/")[2]

    @property
    def is_enabled(self) -> bool:
        """Whether it fires by itself."""
        return bool(self.resource["state"] == "ENABLED")

    @property
    def target(self) -> Resource:
        """The HTTP request that it makes."""
        target: Resource = self.resource["httpTarget"]
        return target

    @property
    def body(self) -> bytes:
        """The body of its request."""
        try:
            return base64.b64decode(self.target.get("body", ""), validate=True)
        except (binascii.Error, TypeError) as error:
            raise InvalidArgumentError(f"httpTarget.body is not base64: {error}") from error

    @property
    def retries(self) -> RetryPolicy:
        """What becomes of a firing that failed."""
        return RetryPolicy.of(self.resource["retryConfig"])

    @property
    def deadline_seconds(self) -> float:
        """How long an answer may take."""
        return seconds(self.resource["attemptDeadline"])

    def next_slot(self, after: datetime) -> datetime:
        """When it is due next, in UTC."""
        schedule, zone = str(self.resource.get("schedule", "")), self.resource["timeZone"]
        _require(len(schedule.split()) == _FIELDS, f"Schedule is not five fields: {schedule!r}")
        try:
            return next(CronSim(schedule, after.astimezone(ZoneInfo(zone)))).astimezone(UTC)
        except (CronSimError, StopIteration) as error:
            raise InvalidArgumentError(f"Schedule {schedule!r} is malformed: {error}") from error
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidArgumentError(f"Time zone {zone!r} is unknown.") from error

    def changed(self, changes: Resource, paths: Iterable[str]) -> "Job":
        """The job with the fields of an update mask as in the changes; absent there, gone here."""
        resource = deepcopy(self.resource)
        for path in paths:
            _copy(path.split("."), changes, resource)
        return Job.of(resource)

    def with_fields(self, **fields: object) -> "Job":
        """The job with other values of some fields; None takes a field away."""
        return Job(without_nulls(**{**self.resource, **fields}))


def _copy(path: list[str], source: Resource, target: Resource) -> None:
    first, *rest = path
    if rest:
        _copy(rest, source.get(first, {}), target.setdefault(first, {}))
    elif first in source:
        target[first] = source[first]
    else:
        target.pop(first, None)


def _require(condition: object, message: str) -> None:
    if not condition:
        raise InvalidArgumentError(message)
