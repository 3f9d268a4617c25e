"""Brings events to their destinations and decides what becomes of those that do not arrive.

https://cloud.google.com/eventarc/docs/retry-events
"""

import json
import logging
import math
import time
from dataclasses import dataclass

import urllib3

from local.eventarc.dead_letters import DeadLetter, DeadLetterFolder
from local.eventarc.events import Event, http_body, http_headers
from local.eventarc.queue import Delivery, Queue
from local.eventarc.triggers import Trigger

ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})
IN_FLIGHT_PER_TRIGGER = 16
_QUOTED_BYTES = 200
MAX_DELAY_SECONDS = 600.0

log = logging.getLogger("eventarc")


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


@dataclass(frozen=True)
class Dispatcher:
    """Delivers what is queued."""

    queue: Queue
    dead_letters: DeadLetterFolder
    policy: RetryPolicy
    connections: urllib3.PoolManager

    def deliver_forever(self, trigger: Trigger) -> None:
        """Work off one trigger's deliveries; a slow destination occupies its own workers only."""
        while True:
            self._deliver(trigger, self.queue.take(trigger.name))

    def _deliver(self, trigger: Trigger, delivery: Delivery) -> None:
        failure = self._failure(trigger.destination, delivery.event)
        if failure is None:
            self.queue.acknowledge(delivery)
        elif self.policy.gives_up(delivery.attempts + 1, time.time() - delivery.queued_at):
            self._add_dead_letter(trigger, delivery, failure)
        else:
            self._postpone(trigger, delivery, failure)

    def _failure(self, destination: str, event: Event) -> str | None:
        """Post an event; returns what went wrong, or None once it is acknowledged."""
        try:
            answer = self.connections.request(
                "POST", destination, body=http_body(event), headers=http_headers(event)
            )
        except urllib3.exceptions.HTTPError as error:
            return str(error)
        if answer.status in ACKNOWLEDGING:
            return None
        text = answer.data[:_QUOTED_BYTES].decode(errors="replace")
        return f"answered {answer.status} {' '.join(text.split())}".rstrip()

    def _postpone(self, trigger: Trigger, delivery: Delivery, failure: str) -> None:
        attempts = delivery.attempts + 1
        seconds = self.policy.delay_seconds(attempts)
        self.queue.postpone(delivery, seconds)
        log.warning(
            "%s: attempt %d failed, again in %g s: %s",
            _described(trigger, delivery.event),
            attempts,
            seconds,
            failure,
        )

    def _add_dead_letter(self, trigger: Trigger, delivery: Delivery, failure: str) -> None:
        letter = DeadLetter.of(delivery, trigger.destination, failure)
        self.dead_letters.add(letter)
        self.queue.drop(delivery)
        log.error(
            "%s: dead letter after %d attempts: %s",
            _described(trigger, delivery.event),
            letter.attempts,
            failure,
        )


def http_connections(ack_deadline_seconds: float) -> urllib3.PoolManager:
    """Connections that are kept, try nothing twice, and follow no redirect."""
    return urllib3.PoolManager(
        maxsize=IN_FLIGHT_PER_TRIGGER, retries=False, timeout=ack_deadline_seconds
    )


def _described(trigger: Trigger, event: Event) -> str:
    resource = json.loads(event.object)
    address = f"gs://{event.bucket}/{resource['name']}#{resource['generation']}"
    return f"trigger {trigger.name}, event {event.id}, {address!r}"
