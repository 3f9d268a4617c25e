import json
import time
from collections.abc import Callable
from pathlib import Path

import requests
from google.cloud import storage

from tests.contract.storage.destination import Destination
from tests.contract.storage.servers import Server, eventually

type NewDestination = Callable[..., Destination]
type NewEventarc = Callable[..., Server]

QUICK = ("--first-retry-seconds", "0.05")


def _counts(eventarc: Server) -> dict[str, int]:
    return requests.get(eventarc.url, timeout=60).json()


def _upload(bucket: storage.Bucket, count: int) -> set[str]:
    names = {f"model/v{number}/model.pkl" for number in range(count)}
    for name in names:
        bucket.blob(name).upload_from_string("x")
    return names


def test_a_destination_that_fails_three_times_gets_the_event_a_fourth_time(
    bucket: storage.Bucket, new_destination: NewDestination, new_eventarc: NewEventarc
) -> None:
    destination = new_destination()
    destination.script.extend([503, 400, 302])
    eventarc = new_eventarc({"finalized": destination.url}, *QUICK)

    bucket.blob("model").upload_from_string("x")

    eventually(lambda: _counts(eventarc) == {"pending": 0, "delivered": 1, "dead_lettered": 0})
    assert len({event.headers["ce-id"] for event in destination.received}) == 1
    assert len(destination.received) == 4
    assert eventarc.log.read_text().count("again in") == 3


def test_an_event_arrives_within_a_moment(
    bucket: storage.Bucket, new_destination: NewDestination, new_eventarc: NewEventarc
) -> None:
    destination = new_destination()
    new_eventarc({"finalized": destination.url})
    bucket.blob("warm-up").upload_from_string("x")
    eventually(lambda: len(destination.received) == 1)

    bucket.blob("model").upload_from_string("x")
    began = time.monotonic()
    eventually(lambda: len(destination.received) == 2)

    assert time.monotonic() - began < 0.5


def test_a_destination_that_always_fails_ends_in_a_dead_letter_that_can_be_redelivered(
    bucket: storage.Bucket,
    new_destination: NewDestination,
    new_eventarc: NewEventarc,
    tmp_path: Path,
) -> None:
    destination = new_destination(status=500)
    eventarc = new_eventarc({"finalized": destination.url}, *QUICK, "--max-attempts", "3")

    bucket.blob("größe").upload_from_string("x")

    eventually(lambda: _counts(eventarc) == {"pending": 0, "delivered": 0, "dead_lettered": 1})
    assert len(destination.received) == 3
    (file,) = (tmp_path / "eventarc" / "dead-letter").glob("*.json")
    letter = json.loads(file.read_text())
    assert (letter["trigger"], letter["attempts"]) == ("finalized", 3)
    assert letter["error"].startswith("answered 500")
    assert letter["event"]["object"]["name"] == "größe"
    assert "dead letter after 3 attempts" in eventarc.log.read_text()

    destination.status = 200
    answer = requests.post(f"{eventarc.url}/redeliver", timeout=60)

    assert answer.json() == {"redelivered": 1}
    eventually(lambda: _counts(eventarc) == {"pending": 0, "delivered": 1, "dead_lettered": 0})
    assert destination.received[-1].name == "größe"
    assert destination.received[-1].headers["ce-id"] == str(letter["event"]["id"])


def test_no_event_is_lost_when_eventarc_is_killed_over_and_over(
    bucket: storage.Bucket, new_destination: NewDestination, new_eventarc: NewEventarc
) -> None:
    destination = new_destination(delay_seconds=0.05)
    eventarc = new_eventarc({"finalized": destination.url}, *QUICK)
    names = _upload(bucket, 100)
    for _ in range(3):
        time.sleep(0.1)
        eventarc.kill()
        eventarc.start()

    eventually(lambda: _counts(eventarc)["pending"] == 0)
    assert {event.name for event in destination.received} == names


def test_events_of_a_time_without_eventarc_are_delivered_after_a_kill_of_storage(
    server: Server,
    bucket: storage.Bucket,
    new_destination: NewDestination,
    new_eventarc: NewEventarc,
) -> None:
    destination = new_destination()
    names = _upload(bucket, 20)
    server.kill()
    eventarc = new_eventarc({"finalized": destination.url}, *QUICK)
    server.start()
    bucket.blob("later").upload_from_string("x")

    eventually(lambda: _counts(eventarc)["delivered"] == 21)
    assert {event.name for event in destination.received} == names | {"later"}


def test_a_destination_that_hangs_or_is_down_does_not_hold_up_another(
    bucket: storage.Bucket, new_destination: NewDestination, new_eventarc: NewEventarc
) -> None:
    hanging = new_destination(delay_seconds=60)
    healthy = new_destination()
    nobody = "http://127.0.0.1:9/"
    eventarc = new_eventarc(
        {"hanging": hanging.url, "nobody": nobody, "healthy": healthy.url}, *QUICK
    )

    names = _upload(bucket, 40)

    eventually(lambda: {event.name for event in healthy.received} == names)
    eventually(lambda: _counts(eventarc)["delivered"] == 40)
    eventually(lambda: len(hanging.received) == 16)
    assert len(healthy.received) == 40
    assert "Connection refused" in eventarc.log.read_text()


def test_sigterm_stops_within_two_seconds_and_what_was_under_way_comes_again(
    bucket: storage.Bucket, new_destination: NewDestination, new_eventarc: NewEventarc
) -> None:
    destination = new_destination(delay_seconds=3)
    eventarc = new_eventarc({"finalized": destination.url}, *QUICK)
    bucket.blob("model").upload_from_string("x")
    eventually(lambda: len(destination.received) == 1)

    assert eventarc.stop() < 2.5
    destination.delay_seconds = 0
    eventarc.start()

    eventually(lambda: _counts(eventarc)["delivered"] == 1)
    assert destination.whats == [("finalized", "model")] * 2


def test_what_no_trigger_wants_is_dropped(
    server: Server,
    client: storage.Client,
    bucket: storage.Bucket,
    new_destination: NewDestination,
    new_eventarc: NewEventarc,
    tmp_path: Path,
) -> None:
    destination = new_destination()
    eventarc = new_eventarc({"finalized": destination.url}, *QUICK)
    client.create_bucket("elsewhere").blob("x").upload_from_string("x")
    bucket.blob("model").upload_from_string("one")
    bucket.delete_blob("model")
    bucket.blob("last").upload_from_string("two")

    eventually(lambda: _counts(eventarc)["delivered"] == 2)
    assert sorted(destination.whats) == [("finalized", "last"), ("finalized", "model")]
    assert _counts(eventarc)["pending"] == 0
