"""Changes of objects in Cloud Storage: from a CloudEvent or from a listing. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.errors import InvalidArgument
from shared.registry.events import EventType, RegistryEvent
from shared.registry.model_version import Artifact, ModelFile, not_a_model_path

if TYPE_CHECKING:
    from cloudevents.http import CloudEvent
    from google.cloud import storage  # type: ignore[attr-defined]

# Key of a promoted object's custom metadata; the value is gs://bucket/name#generation.
PROMOTED_FROM = "promoted-from"

_EVENT_TYPE = "google.cloud.storage.object.v1."


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one generation of an object."""

    type: EventType
    time: datetime
    artifact: Artifact

    @property
    def is_live(self) -> bool:
        """Whether the generation is live after this change."""
        return self.type in {EventType.FINALIZED, EventType.SEEN, EventType.INSPECTED}

    def alters(self, file: ModelFile) -> bool:
        """Whether the change creates, replaces or removes this file of a model version."""
        return self.artifact.file is file and self.type is not EventType.METADATA_UPDATED


def change_from_event(event: "CloudEvent") -> Change:
    """The change of a Cloud Storage event.

    Raises:
        InvalidArgument: when the event is not one of an object in Cloud Storage.
    """
    kind = str(event["type"])
    try:
        return Change(
            EventType(kind.removeprefix(_EVENT_TYPE)),
            datetime.fromisoformat(event["time"]),
            _artifact_from_resource(_resource(event)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(
            f"event {event['id']} of type {kind!r} is not a change of an object in Cloud Storage: "
            f"{type(error).__name__} {error}",
            reason="NOT_A_STORAGE_EVENT",
        ) from error


def _resource(event: "CloudEvent") -> Mapping[str, Any]:
    # Without a JSON content type, the framework does not parse the body.
    content = event.get_data()
    resource = json.loads(content) if isinstance(content, bytes | str) else content
    if not isinstance(resource, Mapping):
        raise TypeError("the body is not a JSON object")
    return resource


def _artifact_from_resource(resource: Mapping[str, Any]) -> Artifact:
    return Artifact(
        bucket=resource["bucket"],
        name=resource["name"],
        generation=int(resource["generation"]),
        metageneration=int(resource["metageneration"]),
        size_bytes=int(resource.get("size", 0)),
        crc32c=resource.get("crc32c", ""),
        created_at=datetime.fromisoformat(resource["timeCreated"]),
        labels=resource.get("metadata") or {},
    )


def change_from_blob(blob: "storage.Blob", kind: EventType = EventType.SEEN) -> Change:
    """A live object as a change of the given type, at the time of its creation."""
    artifact = Artifact(
        bucket=blob.bucket.name,
        name=blob.name,
        generation=blob.generation,
        metageneration=blob.metageneration,
        size_bytes=blob.size,
        crc32c=blob.crc32c,
        created_at=blob.time_created,
        labels=blob.metadata or {},
    )
    return Change(kind, blob.time_created, artifact)


def event_of(change: Change, *, environment: str, now: datetime) -> RegistryEvent:
    """The change as a row of the log, without the fields that need the object's bytes."""
    artifact = change.artifact
    event = RegistryEvent(
        event_type=change.type,
        event_time=change.time,
        recorded_at=now,
        environment=environment,
        bucket=artifact.bucket,
        name=artifact.name,
        generation=artifact.generation,
        metageneration=artifact.metageneration,
        file_size_bytes=artifact.size_bytes,
        crc32c=artifact.crc32c,
        upload_timestamp=artifact.created_at,
        uploader=artifact.labels.get("uploader"),
        promoted_from=artifact.labels.get(PROMOTED_FROM),
    )
    if not (version := artifact.version):
        return replace(event, findings=(not_a_model_path(artifact.name).message,))
    return replace(event, model_name=version.name, model_version=version.version)
