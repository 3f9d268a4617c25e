"""Registers a change in the bucket: inspects the object and makes events of the registry."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

from jobs.models.artifacts import read_artifact
from jobs.models.inspection_result import InspectionConditions
from jobs.registration.object_changes import Change, change_from_blob, event_of
from jobs.registration.upload_inspection import (
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
from shared.registry.model_version import Artifact, ModelFile, ModelVersion, Status

log = logging.getLogger(__name__)

# Reading is limited by the processor rather than the network: more threads slow each other down.
READERS = 16
_reading = BoundedSemaphore(READERS)


def registrations(
    change: Change, clients: Clients, inspector: Inspector, *, now: datetime
) -> list[RegistryEvent]:
    """The registry events of a change; a change of metadata.json also inspects its model again.

    `now` is a time before any object is read. So the inspection with the latest time has read the
    newest content, whatever the order of the appends.

    Raises:
        Transient: when Cloud Storage is unavailable.
    """
    events = [registration(change, clients, inspector, now=now)]
    if change.alters(ModelFile.METADATA) and (model := _model_of(change.artifact, clients)):
        # The model's event goes first: if the second event is lost, a scan finds the metadata.json
        # missing in the log and inspects the model again.
        events.insert(0, registration(replace(model, time=now), clients, inspector, now=now))
    return events


def _model_of(artifact: Artifact, clients: Clients) -> Change | None:
    """The model.pkl in the folder of a metadata.json, None without one."""
    assert artifact.version  # noqa: S101  (`alters` requires a file of a version)
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
    lacks_metadata: bool = False,
) -> RegistryEvent:
    """The registry event of a change, with an inspection if the object is live.

    `lacks_metadata` saves the read of a model's metadata.json when a listing had none.

    Raises:
        Transient: when Cloud Storage is unavailable.
    """
    event = event_of(change, environment=clients.settings.environment, now=now)
    version = change.artifact.version
    if not (change.is_live and version):
        return event
    found = _inspection(change.artifact, version, clients, inspector, lacks_metadata=lacks_metadata)
    return replace(event, **asdict(found))


def _inspection(
    artifact: Artifact,
    version: ModelVersion,
    clients: Clients,
    inspector: Inspector,
    *,
    lacks_metadata: bool,
) -> UploadInspection:
    try:
        if artifact.file is ModelFile.METADATA:
            return inspect_metadata(_read(artifact, clients))
        if refusal := too_large(artifact):
            return refusal
        metadata = {} if lacks_metadata else _metadata(artifact.bucket, version, clients)
        with inspector.admit(artifact.size_bytes):
            content = _read(artifact, clients)
            conditions = InspectionConditions.of(clients.settings, metadata)
            return inspect_upload(content, artifact, inspector, conditions)
    except NotFound as error:
        # Overwritten or deleted since: another event records it, and takes precedence in the view.
        return UploadInspection(status=Status.UNINSPECTED, findings=(error.message,))


def _read(artifact: Artifact, clients: Clients) -> bytes:
    with _reading:
        return read_artifact(clients.storage, artifact)


def _metadata(bucket: str, version: ModelVersion, clients: Clients) -> Mapping[str, Any]:
    with _reading:
        return read_metadata(clients.storage, bucket, version)


def log_event(event: RegistryEvent) -> None:
    """Log an event, as a warning if it has findings."""
    # An alert in Terraform filters records by this status: alerts.tf
    fields = {
        "model_name": event.model_name,
        "model_version": event.model_version,
        "status": event.status,
    }
    level = logging.WARNING if event.findings else logging.INFO
    findings = "".join(f": {finding}" for finding in event.findings)
    log.log(level, "%s %s%s", event.event_type, event.event_id, findings, extra=fields)
