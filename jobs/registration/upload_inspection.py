"""Inspects an uploaded file: bytes in, the fields of a registry event out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.api_core.exceptions import NotFound as GoogleNotFound

from jobs.metadata.reading import LIMIT_BYTES, read
from jobs.models.artifacts import crc32c, sha256
from jobs.models.inspection_result import InspectionConditions, InspectionResult
from jobs.pickles.limits import LIMITS, MIB
from jobs.sandbox.inspector import Inspector
from shared.clients import google_errors
from shared.registry.model_version import Artifact, ModelFile, ModelVersion, Status

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]


# BigQuery limits a row to 10 MB; metadata.json may take 1 MB of it.
SIGNATURE_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadInspection:
    """The fields of a registry event that need the object's bytes."""

    sha256: str | None = None
    status: Status | None = None
    metadata: str | None = None
    findings: tuple[str, ...] = ()
    estimator: str | None = None
    sklearn_version: str | None = None
    signature: str | None = None


def too_large(artifact: Artifact) -> UploadInspection | None:
    """The inspection of a model that is too large to be read, else None."""
    if artifact.size_bytes <= LIMITS.upload_bytes:
        return None
    finding = (
        f"model.pkl has {artifact.size_bytes:,} bytes: keep it below {LIMITS.upload_bytes:,} "
        f"({LIMITS.upload_bytes // MIB} MiB), e.g. with joblib.dump(model, path, compress=3)"
    )
    return UploadInspection(status=Status.QUARANTINED, findings=(finding,))


def inspect_upload(
    content: bytes, artifact: Artifact, inspector: Inspector, asked: InspectionConditions
) -> UploadInspection:
    """What there is to say of a model's bytes: whether they came whole, and the verdict on them."""
    checksum = sha256(content)
    if findings := _transfer_findings(content, artifact):
        return UploadInspection(sha256=checksum, status=Status.QUARANTINED, findings=findings)
    verdict = inspector.inspect(content, asked)
    signature, too_long = _signature(verdict)
    return UploadInspection(
        sha256=checksum,
        status=Status.APPROVED if verdict.is_approved else Status.QUARANTINED,
        findings=(*map(_storable, verdict.findings), *too_long),
        estimator=verdict.estimator,
        sklearn_version=verdict.sklearn_version,
        signature=signature,
    )


def _signature(verdict: InspectionResult) -> tuple[str | None, tuple[str, ...]]:
    """The signature as the log stores it, and a finding if it is too long for a row."""
    if verdict.signature is None:
        return None, ()
    text = _storable(json.dumps(verdict.signature.to_json(), ensure_ascii=False))
    if (size := len(text.encode())) <= SIGNATURE_LIMIT_BYTES:
        return text, ()
    finding = f"the model's inputs and classes take {size:,} bytes to name: they are not registered"
    return None, (finding,)


def _storable(text: str) -> str:
    """The text without lone surrogates, which a pickle may contain and BigQuery refuses.

    BigQuery would refuse the whole append each time, with all events that share it.
    """
    return text.encode("utf-8", "replace").decode()


def _transfer_findings(content: bytes, artifact: Artifact) -> tuple[str, ...]:
    if len(content) != artifact.size_bytes or crc32c(content) != artifact.crc32c:
        return ("the bytes are not those that Cloud Storage announced: upload the model again",)
    return ()


def read_metadata(
    client: "storage.Client", bucket: str, version: ModelVersion
) -> Mapping[str, Any]:
    """The current metadata.json of a model; {} when there is none or nothing of it is usable.

    Raises:
        Transient: when Cloud Storage is unavailable.
    """
    name = version.object_name(ModelFile.METADATA)
    with google_errors(f"reading gs://{bucket}/{name}"):
        try:
            content = client.bucket(bucket).blob(name).download_as_bytes(end=LIMIT_BYTES)
        except GoogleNotFound:
            return {}
    return metadata_object(content)


def metadata_object(content: bytes) -> Mapping[str, Any]:
    """The JSON object of the usable keys of a metadata.json, {} without any."""
    text = inspect_metadata(content).metadata
    metadata: dict[str, Any] = json.loads(text) if text else {}
    return metadata


def inspect_metadata(content: bytes) -> UploadInspection:
    """The inspection of a metadata.json: the usable keys, and a finding for each other key."""
    found = read(content)
    return UploadInspection(sha256=sha256(content), metadata=found.text, findings=found.findings)
