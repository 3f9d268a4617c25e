"""Which events go where; pure but for reading the file."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from local.eventarc.outbox import Event


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
