"""Moves events from Cloud Storage's outbox into the queue."""

import itertools
from collections.abc import Sequence
from pathlib import Path

from local.eventarc.outbox import Event, Outbox
from local.eventarc.queue import Queue
from local.eventarc.triggers import Trigger


def take_in_forever(storage_folder: Path, triggers: Sequence[Trigger], queue: Queue) -> None:
    """Queue every event for the triggers that want it; what no trigger wants goes.

    The queue commits before the outbox lets go, and remembers how far it came: a crash in
    between repeats the release, not the events.
    """
    outbox = Outbox(storage_folder)
    position = queue.position
    while True:
        events = outbox.next_events(position)
        position = events[-1].id
        queue.accept(wanted(events, triggers), position)
        outbox.release(position)


def wanted(events: Sequence[Event], triggers: Sequence[Trigger]) -> list[tuple[str, Event]]:
    """Each trigger's name with each event that it wants."""
    pairs = itertools.product(events, triggers)
    return [(trigger.name, event) for event, trigger in pairs if trigger.wants(event)]
