"""Registry events: rows of the log, each about one generation of an object or one alias. Pure."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.registry.model_version import ModelVersion, Status


class EventType(StrEnum):
    """The type of an event: four of Cloud Storage, two of a scan, an inspection, two of an alias.

    A new generation is inspected at `finalized` or `seen`. `inspected` is a later inspection, after
    a change of its metadata.json or of the deployment's settings.
    """

    FINALIZED = "finalized"
    ARCHIVED = "archived"
    DELETED = "deleted"
    METADATA_UPDATED = "metadataUpdated"
    SEEN = "seen"
    GONE = "gone"
    INSPECTED = "inspected"
    ALIASED = "aliased"
    UNALIASED = "unaliased"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryEvent:
    """A row of `model_registry_events`; the table's schema file describes each field."""

    event_type: EventType
    event_time: datetime
    recorded_at: datetime
    environment: str
    bucket: str
    name: str
    generation: int
    metageneration: int
    model_name: str | None = None
    model_version: str | None = None
    file_size_bytes: int | None = None
    crc32c: str | None = None
    sha256: str | None = None
    upload_timestamp: datetime | None = None
    uploader: str | None = None
    promoted_from: str | None = None
    metadata: str | None = None
    status: Status | None = None
    findings: tuple[str, ...] = ()
    estimator: str | None = None
    sklearn_version: str | None = None
    runtime: str | None = None
    signature: str | None = None
    alias: str | None = None

    @property
    def event_id(self) -> str:
        """The id of the event; every delivery of the event has the same."""
        if self.alias:
            return f"alias:{self.model_name}@{self.alias}#{self.event_time.isoformat()}"
        generation = f"{self.generation}/{self.metageneration}"
        identity = f"{self.bucket}/{self.name}#{generation}/{self.event_type}"
        if self.event_type is EventType.INSPECTED:
            return f"{identity}@{self.recorded_at.isoformat()}"
        return identity

    def to_row(self) -> dict[str, Any]:
        """The event as a row of BigQuery's streaming insert."""
        row = {"event_id": self.event_id, **asdict(self)}
        return {name: _to_json(value) for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation of an object, and the model version that it is a file of, if any.

    Attributes:
        metageneration: the newest one in the log.
    """

    name: str
    generation: int
    metageneration: int
    model_name: str | None
    model_version: str | None

    @property
    def version(self) -> ModelVersion | None:
        """The model version that the object is a file of."""
        if self.model_name is None or self.model_version is None:
            return None
        return ModelVersion(self.model_name, self.model_version)


@dataclass(frozen=True, slots=True)
class AliasMove:
    """The last change of an alias: it was set to a version, or removed from it.

    Attributes:
        generation: the version's at the time of the change.
        is_standing: False when the alias was removed.
    """

    version: ModelVersion
    bucket: str
    generation: int
    time: datetime
    is_standing: bool


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
