"""The stand-in's threads, and the routes to look at them."""

import itertools
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from local.eventarc.backoff import RetryPolicy
from local.eventarc.dead_letters import DeadLetterFolder
from local.eventarc.delivery import IN_FLIGHT_PER_TRIGGER, Courier, http_connections
from local.eventarc.intake import take_in_forever
from local.eventarc.queue import Queue
from local.eventarc.triggers import read_triggers
from local.storage.claim import claim

log = logging.getLogger("eventarc")


@dataclass(frozen=True)
class Settings:
    """What the command line chose."""

    folder: Path
    """Holds the queue and the dead letters."""
    storage_folder: Path
    triggers: Path
    policy: RetryPolicy
    ack_deadline_seconds: float


def create_app(settings: Settings) -> Flask:
    """Start to deliver, and return the application that tells about it."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    app = Flask("local.eventarc", static_folder=None)
    app.extensions["claim"] = claim(settings.folder)  # held while the application lives
    triggers = read_triggers(settings.triggers)
    queue = Queue(settings.folder / "eventarc.db", [trigger.name for trigger in triggers])
    dead_letters = DeadLetterFolder(settings.folder / "dead-letter")
    connections = http_connections(settings.ack_deadline_seconds)
    courier = Courier(queue, dead_letters, settings.policy, connections)
    _start(take_in_forever, settings.storage_folder, triggers, queue)
    for trigger, _ in itertools.product(triggers, range(IN_FLIGHT_PER_TRIGGER)):
        _start(courier.deliver_forever, trigger)
    _add_routes(app, queue, dead_letters, {trigger.name for trigger in triggers})
    return app


def _start(work: Callable[..., None], *arguments: Any) -> None:
    """Run work in a thread that does not keep the process from stopping: nothing is lost by it."""
    threading.Thread(target=_work_or_die, args=(work, *arguments), daemon=True).start()


def _work_or_die(work: Callable[..., None], *arguments: Any) -> None:
    """End the process when work fails: the server starts a new one, which resumes."""
    try:
        work(*arguments)
    except BaseException:
        log.exception("a thread failed, starting afresh")
        os._exit(1)


def _add_routes(
    app: Flask, queue: Queue, dead_letters: DeadLetterFolder, triggers: set[str]
) -> None:
    @app.get("/")
    def counts() -> dict[str, int]:
        return {
            "pending": queue.pending,
            "delivered": queue.delivered,
            "dead_lettered": len(dead_letters),
        }

    @app.post("/redeliver")
    def redeliver() -> dict[str, int]:
        letters = [letter for letter in dead_letters if letter.trigger in triggers]
        for letter in letters:
            queue.requeue(letter.trigger, letter.event)
            dead_letters.remove(letter)
        return {"redelivered": len(letters)}
