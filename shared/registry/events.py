"""Registry events: rows of the log, each about a generation of an object or an alias. Pure."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.registry.models import ModelVersion, Status


class EventType(StrEnum):
    """What happened: four as events tell it, two as a scan does, an inspection, two to an alias.

    A generation is inspected when it is born; `inspected` says that it was inspected again, because
    its metadata.json or what the deployment allows has changed.
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
    signature: str | None = None
    alias: str | None = None

    @property
    def event_id(self) -> str:
        """Identity of the event, the same however often it is told."""
        if self.alias:
            return f"alias:{self.model_name}@{self.alias}#{self.event_time.isoformat()}"
        generation = f"{self.generation}/{self.metageneration}"
        identity = f"{self.bucket}/{self.name}#{generation}/{self.event_type}"
        if self.event_type is EventType.INSPECTED:
            return f"{identity}@{self.recorded_at.isoformat()}"
        return identity

    def to_row(self) -> dict[str, Any]:
        """The event as BigQuery's streaming insert takes it."""
        row = {"event_id": self.event_id, **asdict(self)}
        return {name: _to_json(value) for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation of an object, and the model version that it is a file of, if any.

    Attributes:
        metageneration: the newest one that is known.
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
    """What happened to an alias last: it was moved to a version, or taken away from it.

    Attributes:
        generation: the version's when it was moved there.
        is_standing: False when the alias was taken away and stands for nothing since.
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
