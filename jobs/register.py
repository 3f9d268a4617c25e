"""An upload → a registration → a registry row.

Eventarc starts `on_event` for each change in the models bucket. The event is acknowledged by
returning, which happens only after BigQuery has acknowledged the row; raising asks for redelivery,
with a status that tells Cloud Run and its operators whether there was too much to do (429) or a
service was away (503).
"""

import atexit
import logging
import os
from datetime import UTC, datetime
from functools import cache

import functions_framework
from cloudevents.http import CloudEvent
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests

from jobs.registration.group_commit import GroupCommit, TooManyEvents
from jobs.registration.object_changes import change_from_event
from jobs.registration.registration import log_event, registrations
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from shared.clients import Clients
from shared.errors import InvalidArgument, Transient
from shared.logs import configure_logging
from shared.registry.registry import Registry
from shared.settings.settings import Settings

log = logging.getLogger(__name__)

# Fewer than the service has threads, so that there is always one left to refuse the next.
_MAX_EVENTS = 64


@functions_framework.cloud_event
def on_event(event: CloudEvent) -> None:
    """Register what happened to an object in the models bucket.

    Raises:
        TooManyRequests: when too many events are under way in this process.
        ServiceUnavailable: when a service is away. Eventarc delivers the event again after either.
    """
    clients = _clients()
    try:
        change = change_from_event(event)
    except InvalidArgument as error:
        # Redelivery would bring the same event again: log it once and acknowledge it.
        log.error("%s", error)  # noqa: TRY400  (the message is all there is to know)
        return
    try:
        with _group_commit().admit():
            found = registrations(change, clients, _inspector(), now=datetime.now(UTC))
            for each in found:
                _group_commit().append(each)
    except Transient as error:
        raise _not_now(error) from error
    for each in found:
        log_event(each)


def _not_now(error: Transient) -> HTTPException:
    log.warning("%s", error)
    kind = TooManyRequests if isinstance(error, TooManyEvents) else ServiceUnavailable
    return kind(error.message)


@cache
def _group_commit() -> GroupCommit:
    clients = _clients()
    registry = Registry(clients.bigquery, clients.settings.dataset)
    return GroupCommit(registry.append, max_events=_MAX_EVENTS)


@cache
def _clients() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    return Clients(settings)


@cache
def _inspector() -> Inspector:
    processes = ModelProcesses.of(_clients().settings)
    inspector = Inspector(processes)
    atexit.register(processes.close)
    atexit.register(inspector.close)
    return inspector


if __name__ == "register":
    # So functions-framework names its source. Its worker has an inspecting process ready
    # before the first model comes.
    os.register_at_fork(after_in_child=lambda: _inspector().warm())
