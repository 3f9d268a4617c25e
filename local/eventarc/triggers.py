"""Which events go to which destination, and the loop that queues them."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from local.eventarc.events import Event, Outbox
from local.eventarc.queue import Queue


@dataclass(frozen=True)
class Trigger:
    """Events of one type in one bucket, for one service."""

    name: str
    type: str
    bucket: str
    destination: str
    """The URL that events are posted to."""

    def wants(self, event: Event) -> bool:
        """Whether an event is delivered to this trigger's destination."""
        return (event.type, event.bucket) == (self.type, self.bucket)


class TriggersError(ValueError):
    """The file of triggers is not what it should be."""


def read_triggers(path: Path) -> list[Trigger]:
    """The triggers in a JSON file; their names must differ."""
    triggers = [_trigger(item) for item in json.loads(path.read_text())]
    names = [trigger.name for trigger in triggers]
    if len(set(names)) < len(names):
        raise TriggersError(f"Two triggers have the same name: {sorted(names)}")
    return triggers


def _trigger(item: Any) -> Trigger:
    wanted = {field.name for field in fields(Trigger)}
    if not isinstance(item, dict) or set(item) != wanted:
        raise TriggersError(f"A trigger has exactly {sorted(wanted)}, not {item}")
    return Trigger(**item)


def route_events_forever(storage_folder: Path, triggers: Sequence[Trigger], queue: Queue) -> None:
    """Queue every event for the triggers that match it; an event without a trigger is dropped.

    The queue commits, with its position, before the outbox releases the events: a crash in between
    repeats the release, not the deliveries.
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
