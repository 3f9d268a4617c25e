"""The release of a model: admitted, uploaded, and registered if somebody waits for it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobs.publishing.admission import require_admission
from jobs.publishing.publication import Destination, Publication, upload
from jobs.sandbox.inspector import Inspector
from shared.clients import Clients
from shared.errors import NotFound, Transient
from shared.registry.registry import Registry

_POLL_SECONDS = 1.0


def release(
    content: bytes,
    metadata: Mapping[str, Any],
    destination: Destination,
    inspector: Inspector,
    clients: Clients,
) -> Publication:
    """Publish what the registry would approve, and wait for its word if that is asked.

    Raises:
        FailedPrecondition: when the registry would not approve it, with its findings.
        Conflict: when the version is taken.
        NotFound, PermissionDenied, Transient: as a service answers; nothing is left behind.
    """
    verdict = require_admission(content, metadata, inspector, clients.settings)
    published = upload(content, metadata, destination, clients)
    if destination.wait_seconds:
        return wait_for_registration(published, clients, seconds=destination.wait_seconds)
    return replace(published, findings=verdict.findings)


def wait_for_registration(
    published: Publication, clients: Clients, *, seconds: float
) -> Publication:
    """The publication with the registry's word on it, once its row is there.

    Raises:
        Transient: when it is not there in time.
    """
    registry = Registry(clients.bigquery, clients.settings.dataset)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            row = registry.find(published.version)
        except NotFound:
            row = None
        # The row knows its metadata as soon as both events have come, in whatever order.
        if row and row.generation == published.generation and row.metadata:
            return replace(published, status=row.status, findings=row.findings)
        time.sleep(_POLL_SECONDS)
    raise Transient(
        f"{published.version} is in the bucket, and the registry has not said anything of it for "
        f"{seconds:.0f} s: mlsys reconcile --env={clients.settings.environment} "
        "registers what events missed",
        reason="NOT_YET_REGISTERED",
    )
