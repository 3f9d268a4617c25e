"""An upload → a registration → a registry row.

Eventarc starts `on_event` for each change in the models bucket. The event is acknowledged by
returning, which happens only after BigQuery has acknowledged the row; raising asks for redelivery.
"""

import logging
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent

from jobs.artifacts import read_artifact
from jobs.changes import Change, change_from_event, fact_of
from jobs.inspection import Inspection, inspect
from shared.clients import Clients
from shared.errors import InvalidArgument, NotFound
from shared.logs import configure_logging
from shared.models import Artifact, Status, parse_object_name
from shared.registry import Fact, Registry
from shared.settings import Settings

log = logging.getLogger(__name__)


@functions_framework.cloud_event
def on_event(event: CloudEvent) -> None:
    """Register what an event of Cloud Storage tells.

    Raises:
        Transient: when a service is away, so that Eventarc delivers the event again.
    """
    clients = _clients()
    try:
        change = change_from_event(event)
    except InvalidArgument as error:
        # Redelivery would bring the same words again: say so once and let it go.
        log.error("%s", error)  # noqa: TRY400  (the sentence is all there is to know)
        return
    fact = registration(change, clients, now=datetime.now(UTC))
    _registry(clients).append([fact])
    report(fact)


@cache
def _clients() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    return Clients(settings)


def _registry(clients: Clients) -> Registry:
    return Registry(clients.bigquery, clients.settings.dataset)


def registration(change: Change, clients: Clients, *, now: datetime) -> Fact:
    """The fact that a change is to the registry; reads the object's bytes when it was born.

    Raises:
        Transient: when Cloud Storage is away.
    """
    fact = fact_of(change, environment=clients.settings.environment, now=now)
    if not (change.is_birth and fact.model_name):
        return fact
    found = _inspection(change.artifact, clients)
    return replace(
        fact,
        sha256=found.sha256,
        status=found.status,
        metadata=found.metadata,
        findings=found.findings,
    )


def _inspection(artifact: Artifact, clients: Clients) -> Inspection:
    _, file = parse_object_name(artifact.name)
    try:
        return inspect(file, read_artifact(clients.storage, artifact))
    except NotFound as error:
        # Overwritten or deleted since: another event says so, and the view believes that one.
        return Inspection(status=Status.UNINSPECTED, findings=(error.message,))


def report(fact: Fact) -> None:
    """One log line a fact, a warning where somebody should act."""
    fields = {"model_name": fact.model_name, "model_version": fact.model_version}
    level = logging.WARNING if fact.findings else logging.INFO
    findings = "".join(f": {finding}" for finding in fact.findings)
    log.log(level, "%s %s%s", fact.event_type, fact.event_id, findings, extra=fields)
