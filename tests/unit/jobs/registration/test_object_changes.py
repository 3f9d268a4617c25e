import json
from datetime import UTC, datetime

import pytest
from cloudevents.http import CloudEvent

from jobs.registration.object_changes import change_from_event, event_of
from shared.errors import InvalidArgument
from shared.registry.events import EventType

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RESOURCE = {
    "bucket": "mlsys-models-dev",
    "name": "titanic/v1/model.pkl",
    "generation": "1700000000000001",
    "metageneration": "2",
    "size": "1234",
    "crc32c": "AAAAAA==",
    "timeCreated": "2026-01-01T00:00:00.000Z",
    "metadata": {"uploader": "train@example.com"},
}


def storage_event(kind="finalized", content=RESOURCE):
    attributes = {
        "id": "1",
        "type": f"google.cloud.storage.object.v1.{kind}",
        "source": "//storage.googleapis.com/projects/_/buckets/mlsys-models-dev",
        "time": "2026-01-01T00:00:00.000Z",
    }
    return CloudEvent(attributes, content)


@pytest.mark.parametrize("kind", ["finalized", "archived", "deleted", "metadataUpdated"])
def test_every_event_of_cloud_storage_is_a_change(kind):
    change = change_from_event(storage_event(kind))
    assert change.type == kind
    assert change.artifact.generation == 1700000000000001


def test_a_body_without_a_content_type_is_read_all_the_same():
    change = change_from_event(storage_event(content=json.dumps(RESOURCE).encode()))
    assert change.artifact.size_bytes == 1234


@pytest.mark.parametrize(
    "event",
    [
        storage_event("exploded"),
        storage_event(content=None),
        storage_event(content=b"not json"),
        storage_event(content=[1]),
        storage_event(content={"bucket": "b"}),
        storage_event(content=RESOURCE | {"generation": "x"}),
    ],
)
def test_what_is_no_change_of_an_object_is_refused_by_id(event):
    with pytest.raises(InvalidArgument, match="event 1 of type"):
        change_from_event(event)


def test_the_identity_of_a_registry_event_does_not_depend_on_the_delivery():
    change = change_from_event(storage_event())
    registry_event = event_of(change, environment="dev", now=NOW)
    later = event_of(change, environment="dev", now=datetime(2026, 5, 1, tzinfo=UTC))
    assert registry_event.event_id == later.event_id
    assert (
        registry_event.event_id
        == "mlsys-models-dev/titanic/v1/model.pkl#1700000000000001/2/finalized"
    )


def test_a_path_that_is_no_model_path_is_a_registry_event_with_a_finding():
    change = change_from_event(storage_event(content=RESOURCE | {"name": "notes.txt"}))
    registry_event = event_of(change, environment="dev", now=NOW)
    assert registry_event.model_name is None
    assert "'notes.txt' is not a model path" in registry_event.findings[0]
    assert registry_event.event_type is EventType.FINALIZED
