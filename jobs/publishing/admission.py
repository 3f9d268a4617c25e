"""Whether the registry would approve a model, asked before it is uploaded."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobs.models.inspection_result import InspectionConditions, InspectionResult
from jobs.pickles.limits import LIMITS, MIB
from jobs.publishing.model_metadata import metadata_text
from jobs.registration.inspection import inspect_metadata
from jobs.sandbox.inspector import Inspector
from shared.errors import FailedPrecondition
from shared.settings.settings import Settings


def require_admission(
    content: bytes, metadata: Mapping[str, Any], inspector: Inspector, settings: Settings
) -> InspectionResult:
    """The registry's verdict on a model that it would approve; its findings say what to mend.

    Raises:
        FailedPrecondition: when it would not, or could not use the metadata, with its findings.
        Transient: when no process to inspect it in can be had.
    """
    noted = inspect_metadata(metadata_text(metadata).encode())
    if noted.metadata is None:
        raise _refusal(noted.findings)
    if len(content) > LIMITS.upload_bytes:
        raise _refusal((f"the model has more than {LIMITS.upload_bytes // MIB} MiB",))
    verdict = inspector.inspect(
        content, InspectionConditions.of(settings, json.loads(noted.metadata))
    )
    if not verdict.is_approved:
        raise _refusal(verdict.findings)
    return replace(verdict, findings=(*verdict.findings, *noted.findings))


def _refusal(findings: tuple[str, ...]) -> FailedPrecondition:
    return FailedPrecondition(
        f"nothing was published, the registry would refuse it: {'; '.join(findings)}",
        reason="MODEL_WOULD_BE_QUARANTINED",
    )
