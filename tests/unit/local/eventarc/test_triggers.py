import json
from pathlib import Path
from typing import Any

import pytest

from local.eventarc.events import Event
from local.eventarc.triggers import Trigger, TriggersError, read_triggers, wanted

TRIGGER = {"name": "a", "type": "finalized", "bucket": "models", "destination": "http://x/"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "triggers.json"


def test_triggers_are_read_from_a_file(file: Path) -> None:
    file.write_text(json.dumps([TRIGGER]))

    assert read_triggers(file) == [Trigger("a", "finalized", "models", "http://x/")]


@pytest.mark.parametrize(
    "items", [[TRIGGER, TRIGGER], [{"name": "a"}], [TRIGGER | {"extra": 1}], ["a"]]
)
def test_a_file_that_is_not_as_it_should_be_is_refused(file: Path, items: list[Any]) -> None:
    file.write_text(json.dumps(items))

    with pytest.raises(TriggersError):
        read_triggers(file)


def test_every_trigger_gets_the_events_of_its_type_and_bucket() -> None:
    triggers = [
        Trigger("first", "finalized", "models", ""),
        Trigger("second", "finalized", "models", ""),
        Trigger("third", "deleted", "models", ""),
    ]
    event = Event(1, "finalized", "models", "{}")
    elsewhere = Event(2, "finalized", "runs", "{}")

    assert wanted([event, elsewhere], triggers) == [("first", event), ("second", event)]
