"""Makes the request of a job's target, as Cloud Scheduler does, and returns what went wrong."""

import re
from dataclasses import dataclass
from datetime import datetime

import urllib3

from local.google_json import timestamp
from local.scheduler.job import Job

_QUOTED_BYTES = 200
_SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Route:
    """Where on this machine stands what a URL of Google Cloud begins with."""

    pattern: str
    url: str


@dataclass(frozen=True)
class Dispatcher:
    """Calls targets: through the routes, once a delivery, following no redirect."""

    routes: list[Route]
    connections: urllib3.PoolManager

    def failure(self, job: Job, slot: datetime) -> str | None:
        """Make the request for a slot; returns what went wrong, or None after a 2xx.

        No token is sent: nobody here asks for one, and none is to be had.
        """
        try:
            answer = self.connections.request(
                job.target["httpMethod"],
                self.address(job.target["uri"]),
                body=job.body,
                headers=headers(job, slot),
                timeout=urllib3.Timeout(total=job.deadline_seconds),
            )
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            return str(error)
        if answer.status in _SUCCESSES:
            return None
        text = answer.data[:_QUOTED_BYTES].decode(errors="replace")
        return f"answered {answer.status} {' '.join(text.split())}".rstrip()

    def address(self, url: str) -> str:
        """The URL that stands here for one of Google Cloud; any other as it is."""
        for route in self.routes:
            if match := re.match(f"(?:{route.pattern})(?=[/?]|$)", url):
                return route.url + url[match.end() :]
        return url


def headers(job: Job, slot: datetime) -> dict[str, str]:
    """The headers of a request; over all deliveries of a slot they are the same."""
    return {
        "User-Agent": "Google-Cloud-Scheduler",
        **({"Content-Type": "application/octet-stream"} if job.body else {}),
        **job.target.get("headers", {}),
        "X-CloudScheduler": "true",
        "X-CloudScheduler-JobName": job.short_name,
        "X-CloudScheduler-ScheduleTime": str(timestamp(slot)),
    }
