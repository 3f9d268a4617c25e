"""What Cloud Storage says happened to an object: from a CloudEvent, or from a listing. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.errors import InvalidArgument
from shared.registry.events import EventType, RegistryEvent
from shared.registry.models import Artifact, ModelFile, not_a_model_path

if TYPE_CHECKING:
    from cloudevents.http import CloudEvent
    from google.cloud import storage  # type: ignore[attr-defined]

# Custom metadata of an object that was promoted: gs://bucket/name#generation of its origin.
PROMOTED_FROM = "promoted-from"

_EVENT_TYPE = "google.cloud.storage.object.v1."


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to one generation of one object, and when."""

    type: EventType
    time: datetime
    artifact: Artifact

    @property
    def is_there(self) -> bool:
        """Whether the generation is there now, as far as this change knows."""
        return self.type in {EventType.FINALIZED, EventType.SEEN, EventType.INSPECTED}

    def alters(self, file: ModelFile) -> bool:
        """Whether it is another content, or the end, of such a file of a model version."""
        return self.artifact.file is file and self.type is not EventType.METADATA_UPDATED


def change_from_event(event: "CloudEvent") -> Change:
    """The change that a Cloud Storage event tells of.

    Raises:
        InvalidArgument: when it is not such an event.
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
    # Without a JSON content type the framework hands over the body as it came.
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
    """The sight of a live object in its bucket."""
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
    """The change as a row of the log, without what only the object's bytes can tell."""
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
