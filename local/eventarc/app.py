"""The stand-in's threads, and the routes to look at them."""

import itertools
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from local.eventarc.dead_letters import DeadLetterFolder
from local.eventarc.delivery import IN_FLIGHT_PER_TRIGGER, Dispatcher, RetryPolicy, http_connections
from local.eventarc.queue import Queue
from local.eventarc.triggers import read_triggers, route_events_forever
from local.serving import lock_folder, start_thread


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
    """Start to deliver, and return the application that shows the counts."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    app = Flask("local.eventarc", static_folder=None)
    app.extensions["lock"] = lock_folder(settings.folder)  # held while the application lives
    triggers = read_triggers(settings.triggers)
    queue = Queue(settings.folder / "eventarc.db", [trigger.name for trigger in triggers])
    dead_letters = DeadLetterFolder(settings.folder / "dead-letter")
    connections = http_connections(settings.ack_deadline_seconds)
    dispatcher = Dispatcher(queue, dead_letters, settings.policy, connections)
    start_thread(route_events_forever, settings.storage_folder, triggers, queue)
    for trigger, _ in itertools.product(triggers, range(IN_FLIGHT_PER_TRIGGER)):
        start_thread(dispatcher.deliver_forever, trigger)
    _add_routes(app, queue, dead_letters, {trigger.name for trigger in triggers})
    return app


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
