"""An upload → a registration → a registry row.

Eventarc starts `on_event` for each change in the models bucket. The event is acknowledged by
returning, which happens only after BigQuery has acknowledged the row; raising asks for redelivery,
with a status that tells Cloud Run and its operators whether there was too much to do (429) or a
service was away (503).
"""

import atexit
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from threading import BoundedSemaphore
from typing import Any

import functions_framework
from cloudevents.http import CloudEvent
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests

from jobs.models.artifacts import read_artifact
from jobs.registration.changes import Change, change_from_blob, change_from_event, event_of
from jobs.registration.group_commit import Busy, GroupCommit
from jobs.registration.inspection import (
    UploadInspection,
    conditions,
    inspect_metadata,
    inspect_model,
    read_metadata,
    too_large,
)
from jobs.sandbox.inspector import Inspector
from shared.clients import Clients, google_errors
from shared.errors import InvalidArgument, NotFound, Transient
from shared.logs import configure_logging
from shared.registry.events import EventType, RegistryEvent
from shared.registry.models import Artifact, ModelFile, ModelVersion, Status, parse_object_name
from shared.registry.registry import Registry
from shared.settings.settings import Settings

log = logging.getLogger(__name__)

# Fewer than the service has threads, so that there is always one left to refuse the next.
_MOST_EVENTS = 64
# Reading takes the processor more than it waits: more threads at it get in each other's way.
READERS = 16
_reading = BoundedSemaphore(READERS)


@functions_framework.cloud_event
def on_event(event: CloudEvent) -> None:
    """Register what an event of Cloud Storage tells.

    Raises:
        TooManyRequests: when too many events are under way in this process.
        ServiceUnavailable: when a service is away. Eventarc delivers the event again after either.
    """
    clients = _clients()
    try:
        change = change_from_event(event)
    except InvalidArgument as error:
        # Redelivery would bring the same words again: say so once and let it go.
        log.error("%s", error)  # noqa: TRY400  (the sentence is all there is to know)
        return
    try:
        with _appends().place():
            facts = registrations(change, clients, _inspector(), now=datetime.now(UTC))
            for fact in facts:
                _appends().append(fact)
    except Transient as error:
        raise _not_now(error) from error
    for fact in facts:
        report(fact)


def _not_now(error: Transient) -> HTTPException:
    log.warning("%s", error)
    kind = TooManyRequests if isinstance(error, Busy) else ServiceUnavailable
    return kind(error.message)


@cache
def _appends() -> GroupCommit:
    clients = _clients()
    registry = Registry(clients.bigquery, clients.settings.dataset)
    return GroupCommit(registry.append, most_events=_MOST_EVENTS)


@cache
def _clients() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    return Clients(settings)


@cache
def _inspector() -> Inspector:
    inspector = Inspector()
    atexit.register(inspector.close)
    return inspector


def registrations(
    change: Change, clients: Clients, inspector: Inspector, *, now: datetime
) -> list[RegistryEvent]:
    """The facts that a change is to the registry: of metadata.json, the model beside it is one too.

    `now` is before anything is read, so of two inspections the one that began last has seen the
    newest content, whichever is appended first.

    Raises:
        Transient: when Cloud Storage is away.
    """
    facts = [registration(change, clients, inspector, now=now)]
    if change.alters(ModelFile.METADATA) and (model := _model_beside(change.artifact, clients)):
        # The model's first: should the other one get lost, a scan still sees the metadata's.
        facts.insert(0, registration(replace(model, time=now), clients, inspector, now=now))
    return facts


def _model_beside(artifact: Artifact, clients: Clients) -> Change | None:
    version, _ = parse_object_name(artifact.name)
    name = version.object_name(ModelFile.MODEL)
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
    """The fact that a change is to the registry; reads the object's bytes when it is there.

    `is_alone` spares the look for metadata.json beside a model where a listing had none.

    Raises:
        Transient: when Cloud Storage is away.
    """
    fact = event_of(change, environment=clients.settings.environment, now=now)
    if not (change.is_there and fact.model_name):
        return fact
    found = asdict(_inspection(change.artifact, clients, inspector, is_alone=is_alone))
    return replace(fact, **found)


def _inspection(
    artifact: Artifact, clients: Clients, inspector: Inspector, *, is_alone: bool
) -> UploadInspection:
    version, file = parse_object_name(artifact.name)
    try:
        if file is ModelFile.METADATA:
            return inspect_metadata(_read(artifact, clients))
        if refusal := too_large(artifact):
            return refusal
        metadata = {} if is_alone else _metadata(artifact.bucket, version, clients)
        with inspector.place(artifact.size_bytes):
            content = _read(artifact, clients)
            asked = conditions(clients.settings, metadata)
            return inspect_model(content, artifact, inspector, asked)
    except NotFound as error:
        # Overwritten or deleted since: another event says so, and the view believes that one.
        return UploadInspection(status=Status.UNINSPECTED, findings=(error.message,))


def _read(artifact: Artifact, clients: Clients) -> bytes:
    with _reading:
        return read_artifact(clients.storage, artifact)


def _metadata(bucket: str, version: ModelVersion, clients: Clients) -> Mapping[str, Any]:
    with _reading:
        return read_metadata(clients.storage, bucket, version)


def report(fact: RegistryEvent) -> None:
    """One log line a fact, a warning where somebody should act."""
    # Of what it says to be quarantined, an alert of Terraform's tells somebody: alerts.tf
    fields = {
        "model_name": fact.model_name,
        "model_version": fact.model_version,
        "status": fact.status,
    }
    level = logging.WARNING if fact.findings else logging.INFO
    findings = "".join(f": {finding}" for finding in fact.findings)
    log.log(level, "%s %s%s", fact.event_type, fact.event_id, findings, extra=fields)


if __name__ == "register":
    # So functions-framework names its source. The worker that it forks has an examining process
    # ready before the first model comes.
    os.register_at_fork(after_in_child=lambda: _inspector().warm())
