"""An upload's registration: a change in the bucket → inspection → events of the registry."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

from jobs.models.artifacts import read_artifact
from jobs.models.inspection_result import InspectionConditions
from jobs.registration.changes import Change, change_from_blob, event_of
from jobs.registration.inspection import (
    UploadInspection,
    inspect_metadata,
    inspect_upload,
    read_metadata,
    too_large,
)
from jobs.sandbox.inspector import Inspector
from shared.clients import Clients, google_errors
from shared.errors import NotFound
from shared.registry.events import EventType, RegistryEvent
from shared.registry.models import Artifact, ModelFile, ModelVersion, Status

log = logging.getLogger(__name__)

# Reading takes the processor more than it waits: more threads at it get in each other's way.
READERS = 16
_reading = BoundedSemaphore(READERS)


def registrations(
    change: Change, clients: Clients, inspector: Inspector, *, now: datetime
) -> list[RegistryEvent]:
    """The registry events of a change; one of metadata.json inspects the model beside it as well.

    `now` is before anything is read, so of two inspections the one that began last has seen the
    newest content, whichever is appended first.

    Raises:
        Transient: when Cloud Storage is away.
    """
    events = [registration(change, clients, inspector, now=now)]
    if change.alters(ModelFile.METADATA) and (model := _model_beside(change.artifact, clients)):
        # The model's first: should the other one get lost, a scan still sees the metadata's.
        events.insert(0, registration(replace(model, time=now), clients, inspector, now=now))
    return events


def _model_beside(artifact: Artifact, clients: Clients) -> Change | None:
    assert artifact.version  # noqa: S101  (`alters` has found a file of a version)
    name = artifact.version.object_name(ModelFile.MODEL)
    with google_errors(f"looking for gs://{artifact.bucket}/{name}"):
        blob = clients.storage.bucket(artifact.bucket).get_blob(name)
    return change_from_blob(blob, EventType.INSPECTED) if blob else None


def registration(
    change: Change,
    clients: Clients,
    inspector: Inspector,
    *,
    now: datetime,
    is_alone: bool = False,
) -> RegistryEvent:
    """The registry event of a change; reads the object's bytes when it is there.

    `is_alone` spares the look for metadata.json beside a model where a listing had none.

    Raises:
        Transient: when Cloud Storage is away.
    """
    event = event_of(change, environment=clients.settings.environment, now=now)
    version = change.artifact.version
    if not (change.is_there and version):
        return event
    found = _inspection(change.artifact, version, clients, inspector, is_alone=is_alone)
    return replace(event, **asdict(found))


def _inspection(
    artifact: Artifact,
    version: ModelVersion,
    clients: Clients,
    inspector: Inspector,
    *,
    is_alone: bool,
) -> UploadInspection:
    try:
        if artifact.file is ModelFile.METADATA:
            return inspect_metadata(_read(artifact, clients))
        if refusal := too_large(artifact):
            return refusal
        metadata = {} if is_alone else _metadata(artifact.bucket, version, clients)
        with inspector.admit(artifact.size_bytes):
            content = _read(artifact, clients)
            asked = InspectionConditions.of(clients.settings, metadata)
            return inspect_upload(content, artifact, inspector, asked)
    except NotFound as error:
        # Overwritten or deleted since: another event says so, and the view believes that one.
        return UploadInspection(status=Status.UNINSPECTED, findings=(error.message,))


def _read(artifact: Artifact, clients: Clients) -> bytes:
    with _reading:
        return read_artifact(clients.storage, artifact)


def _metadata(bucket: str, version: ModelVersion, clients: Clients) -> Mapping[str, Any]:
    with _reading:
        return read_metadata(clients.storage, bucket, version)


def log_event(event: RegistryEvent) -> None:
    """Log one line for an event, a warning when somebody should act."""
    # An alert of Terraform waits for a record with this status: alerts.tf
    fields = {
        "model_name": event.model_name,
        "model_version": event.model_version,
        "status": event.status,
    }
    level = logging.WARNING if event.findings else logging.INFO
    findings = "".join(f": {finding}" for finding in event.findings)
    log.log(level, "%s %s%s", event.event_type, event.event_id, findings, extra=fields)
