import json
from pathlib import Path

from local.eventarc.dead_letters import DeadLetter, DeadLetterFolder
from local.eventarc.events import Event

OBJECT = json.dumps({"name": "größe"})
LETTER = DeadLetter("a/b", "http://x/", 3, "answered 500", Event(1, "t", "b", OBJECT))


def test_a_letter_is_read_as_it_was_written(tmp_path: Path) -> None:
    letters = DeadLetterFolder(tmp_path)
    letters.add(LETTER)
    letters.add(LETTER)

    assert list(letters) == [LETTER]
    assert len(letters) == 1
    letters.remove(LETTER)
    assert list(letters) == []


def test_a_letter_is_readable(tmp_path: Path) -> None:
    DeadLetterFolder(tmp_path).add(LETTER)

    (file,) = tmp_path.iterdir()
    assert file.name == "1-a%2Fb.json"
    assert '"name": "größe"' in file.read_text()
