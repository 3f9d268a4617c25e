"""Publishes a pickled model: inspect, upload and, on request, wait for its registration."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobs.models.inspection_result import InspectionConditions, InspectionResult
from jobs.pickles.limits import LIMITS, MIB
from jobs.publishing.model_metadata import metadata_text
from jobs.publishing.upload import Destination, Publication, upload
from jobs.registration.upload_inspection import inspect_metadata, metadata_object
from jobs.sandbox.inspector import Inspector
from shared.clients import Clients
from shared.errors import FailedPrecondition, NotFound, Transient
from shared.registry.registry import Registry
from shared.settings.settings import Settings

_POLL_SECONDS = 1.0


def publish_model(
    content: bytes,
    metadata: Mapping[str, Any],
    destination: Destination,
    inspector: Inspector,
    clients: Clients,
) -> Publication:
    """Upload a model that the registry would approve, and wait for its registration on request.

    Raises:
        FailedPrecondition: when the registry would not approve it, with the findings.
        Conflict: when the version exists.
        NotFound, PermissionDenied, Transient: the error of a service; no object is left behind.
    """
    result = require_approvable(content, metadata, inspector, clients.settings)
    publication = upload(content, metadata, destination, clients)
    if destination.wait_seconds:
        return wait_for_registration(publication, clients, seconds=destination.wait_seconds)
    return replace(publication, findings=result.findings)


def require_approvable(
    content: bytes, metadata: Mapping[str, Any], inspector: Inspector, settings: Settings
) -> InspectionResult:
    """The result of the registry's own inspection, done before the upload.

    Its findings are those that do not prevent an approval.

    Raises:
        FailedPrecondition: when the registry would quarantine the model or ignore the metadata.
        Transient: when no inspecting process is available.
    """
    text = metadata_text(metadata).encode()
    inspected = inspect_metadata(text)
    if inspected.metadata is None:
        raise _not_approvable(inspected.findings)
    if len(content) > LIMITS.upload_bytes:
        raise _not_approvable((f"the model has more than {LIMITS.upload_bytes // MIB} MiB",))
    result = inspector.inspect(content, InspectionConditions.of(settings, metadata_object(text)))
    if not result.may_predict:
        raise _not_approvable(result.findings)
    return replace(result, findings=(*result.findings, *inspected.findings))


def _not_approvable(findings: tuple[str, ...]) -> FailedPrecondition:
    return FailedPrecondition(
        f"nothing was published, the registry would refuse it: {'; '.join(findings)}",
        reason="MODEL_WOULD_BE_QUARANTINED",
    )


def wait_for_registration(
    publication: Publication, clients: Clients, *, seconds: float
) -> Publication:
    """The publication with the registry's status and findings, once its row exists.

    Raises:
        Transient: when there is no row in time.
    """
    registry = Registry(clients.bigquery, clients.settings.dataset)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            row = registry.find(publication.version)
        except NotFound:
            row = None
        # The row has its metadata when the events of both objects have arrived, in any order.
        if row and row.generation == publication.generation and row.metadata:
            return replace(publication, status=row.status, findings=row.findings)
        time.sleep(_POLL_SECONDS)
    raise Transient(
        f"{publication.version} is in the bucket, and the registry has not said anything of it for "
        f"{seconds:.0f} s: mlsys reconcile --env={clients.settings.environment} "
        "registers what events missed",
        reason="NOT_YET_REGISTERED",
    )
