"""Events that could not be delivered: one readable JSON file each."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from local.eventarc.events import Event
from local.eventarc.queue import Delivery


@dataclass(frozen=True)
class DeadLetter:
    """An event that a trigger's destination never acknowledged, and what it said last."""

    trigger: str
    destination: str
    attempts: int
    error: str
    event: Event

    @classmethod
    def of(cls, delivery: Delivery, destination: str, error: str) -> "DeadLetter":
        """The letter of a delivery whose last attempt has just failed."""
        return cls(delivery.trigger, destination, delivery.attempts + 1, error, delivery.event)


class DeadLetterFolder:
    """A folder of dead letters."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def __len__(self) -> int:
        return sum(1 for _ in self._folder.glob("*.json"))

    def __iter__(self) -> Iterator[DeadLetter]:
        for path in sorted(self._folder.glob("*.json")):
            fields = json.loads(path.read_text())
            event = Event(**fields["event"] | {"object": json.dumps(fields["event"]["object"])})
            yield DeadLetter(**fields | {"event": event})

    def add(self, letter: DeadLetter) -> None:
        """Write a letter, whole or not at all; the same letter twice is one file."""
        path = self._path(letter)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(_text(letter))
        unfinished.replace(path)

    def remove(self, letter: DeadLetter) -> None:
        """Remove a letter."""
        self._path(letter).unlink(missing_ok=True)

    def _path(self, letter: DeadLetter) -> Path:
        return self._folder / f"{letter.event.id}-{quote(letter.trigger, safe='')}.json"


def _text(letter: DeadLetter) -> str:
    fields = asdict(letter)
    fields["event"]["object"] = json.loads(letter.event.object)
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
