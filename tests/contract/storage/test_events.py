"""What Eventarc delivers for what the real client does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloudevents.http import from_http
from google.cloud import storage

from tests.contract.storage.destination import Destination
from tests.contract.storage.servers import Server, eventually

TYPES = ("finalized", "archived", "deleted", "metadataUpdated")


@pytest.fixture
def destination() -> Iterator[Destination]:
    destination = Destination()
    yield destination
    destination.close()


@pytest.fixture
def eventarc(
    server: Server,
    tmp_path: Path,
    destination: Destination,
    bucket: storage.Bucket,
    versioned_bucket: storage.Bucket,
) -> Iterator[Server]:
    triggers = [
        {
            "name": f"{bucket.name}-{what}",
            "type": f"google.cloud.storage.object.v1.{what}",
            "bucket": bucket.name,
            "destination": destination.url,
        }
        for bucket in (bucket, versioned_bucket)
        for what in TYPES
    ]
    file = tmp_path / "triggers.json"
    file.write_text(json.dumps(triggers))
    storage_folder = server.log.parent / "data"
    eventarc = Server(
        "local.eventarc",
        tmp_path / "log",
        *("--folder", tmp_path / "eventarc", "--storage-folder", storage_folder),
        *("--triggers", file),
    ).start()
    yield eventarc
    eventarc.stop()
    assert eventarc.log.read_text() == ""


@pytest.fixture
def events(eventarc: Server, destination: Destination) -> Destination:
    return destination


def _arrive(events: Destination, *expected: tuple[str, str]) -> None:
    """Exactly these, in whatever order."""
    eventually(lambda: len(events.received) >= len(expected))
    assert sorted(events.whats) == sorted(expected)


def test_an_upload_is_finalized_as_a_cloud_event(
    events: Destination, bucket: storage.Bucket
) -> None:
    blob = bucket.blob("titanic/v1/größer 100%.pkl")
    blob.upload_from_string("content")
    eventually(lambda: len(events.received) == 1)
    (received,) = events.received

    event = from_http(received.headers, json.dumps(received.object))

    assert event["source"] == f"//storage.googleapis.com/projects/_/buckets/{bucket.name}"
    assert event["type"] == "google.cloud.storage.object.v1.finalized"
    assert event["subject"] == "objects/titanic/v1/gr%C3%B6%C3%9Fer%20100%25.pkl"
    assert (event["bucket"], event["datacontenttype"]) == (bucket.name, "application/json")
    assert received.headers["content-type"] == "application/json"
    assert event.data["name"] == blob.name
    assert {field: event.data[field] for field in ("size", "generation", "metageneration")} == {
        "size": "7",
        "generation": str(blob.generation),
        "metageneration": "1",
    }


def test_an_overwrite_deletes_in_an_unversioned_bucket(
    events: Destination, bucket: storage.Bucket
) -> None:
    bucket.blob("model").upload_from_string("one")
    bucket.blob("model").upload_from_string("two")
    bucket.delete_blob("model")

    _arrive(events, *[("finalized", "model")] * 2, *[("deleted", "model")] * 2)


def test_an_overwrite_archives_in_a_versioned_bucket(
    events: Destination, versioned_bucket: storage.Bucket
) -> None:
    blob = versioned_bucket.blob("model")
    blob.upload_from_string("one")
    first = blob.generation
    versioned_bucket.blob("model").upload_from_string("two")
    versioned_bucket.delete_blob("model")
    versioned_bucket.delete_blob("model", generation=first)

    _arrive(
        events,
        *[("finalized", "model")] * 2,
        *[("archived", "model")] * 2,
        ("deleted", "model"),
    )
    archived = [event.object for event in events.received if event.what == "archived"]
    assert all("timeDeleted" in resource for resource in archived)


def test_a_changed_metadata_is_told_with_its_metageneration(
    events: Destination, bucket: storage.Bucket
) -> None:
    blob = bucket.blob("model")
    blob.upload_from_string("one")
    blob.metadata = {"alias": "champion"}
    blob.patch()

    _arrive(events, ("finalized", "model"), ("metadataUpdated", "model"))
    (updated,) = (event for event in events.received if event.what == "metadataUpdated")
    assert updated.object["metageneration"] == "2"
    assert updated.object["metadata"] == {"alias": "champion"}


def test_copies_and_compositions_are_finalized_and_refused_writes_are_nothing(
    events: Destination, bucket: storage.Bucket
) -> None:
    source = bucket.blob("source")
    source.upload_from_string("x")
    bucket.copy_blob(source, bucket, "copy")
    bucket.blob("rewritten").rewrite(source)
    bucket.blob("composed").compose([source])
    with pytest.raises(Exception, match="412"):
        bucket.blob("source").upload_from_string("y", if_generation_match=0)
    with pytest.raises(Exception, match="404"):
        bucket.delete_blob("absent")
    bucket.blob("last").upload_from_string("z")

    names = ("source", "copy", "rewritten", "composed", "last")
    _arrive(events, *[("finalized", name) for name in names])
