"""Inspects an uploaded file, and returns the fields of its registry event."""

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
    """The fields of a registry event that depend on the object's bytes."""

    sha256: str | None = None
    status: Status | None = None
    metadata: str | None = None
    findings: tuple[str, ...] = ()
    estimator: str | None = None
    sklearn_version: str | None = None
    runtime: str | None = None
    signature: str | None = None


def size_finding(size_bytes: int) -> str:
    """The finding about a model that is larger than an upload may be."""
    return (
        f"model.pkl has {size_bytes:,} bytes ({size_bytes // MIB} MiB), and "
        f"{LIMITS.upload_bytes // MIB} MiB are allowed: write it with joblib.dump(model, path, "
        "compress=3); if that is still too large, fit fewer or smaller trees (n_estimators, "
        "max_depth, min_samples_leaf), or dump best_estimator_ of a search alone"
    )


def too_large(artifact: Artifact) -> UploadInspection | None:
    """The inspection of a model that is too large to read, else None."""
    if artifact.size_bytes <= LIMITS.upload_bytes:
        return None
    return UploadInspection(
        status=Status.QUARANTINED, findings=(size_finding(artifact.size_bytes),)
    )


def inspect_upload(
    content: bytes, artifact: Artifact, inspector: Inspector, conditions: InspectionConditions
) -> UploadInspection:
    """The inspection of a model's bytes, which are quarantined if they were damaged in transfer."""
    checksum = sha256(content)
    if findings := _transfer_findings(content, artifact):
        return UploadInspection(sha256=checksum, status=Status.QUARANTINED, findings=findings)
    result = inspector.inspect(content, conditions)
    signature, too_long = _signature(result)
    return UploadInspection(
        sha256=checksum,
        status=result.status,
        findings=(*map(_storable, result.findings), *too_long),
        estimator=result.estimator,
        sklearn_version=result.sklearn_version,
        runtime=result.runtime,
        signature=signature,
    )


def _signature(result: InspectionResult) -> tuple[str | None, tuple[str, ...]]:
    """The signature's JSON text for the registry, and a finding if it is too long for a row."""
    if result.signature is None:
        return None, ()
    text = _storable(json.dumps(result.signature.to_json(), ensure_ascii=False))
    if (size := len(text.encode())) <= SIGNATURE_LIMIT_BYTES:
        return text, ()
    finding = f"the model's inputs and classes take {size:,} bytes to name: they are not registered"
    return None, (finding,)


def _storable(text: str) -> str:
    """The text without lone surrogates, which a pickle may contain and BigQuery refuses.

    BigQuery would refuse the whole append, with all its events, at every retry.
    """
    return text.encode("utf-8", "replace").decode()


def _transfer_findings(content: bytes, artifact: Artifact) -> tuple[str, ...]:
    if len(content) != artifact.size_bytes or crc32c(content) != artifact.crc32c:
        return ("the bytes are not those that Cloud Storage announced: upload the model again",)
    return ()


def read_metadata(
    client: "storage.Client", bucket: str, version: ModelVersion
) -> Mapping[str, Any]:
    """The current metadata.json of a model; {} if it does not exist or has no usable key.

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
    """The usable keys of a metadata.json as a JSON object; {} if there are none."""
    text = read(content).text
    metadata: dict[str, Any] = json.loads(text) if text else {}
    return metadata


def inspect_metadata(content: bytes) -> UploadInspection:
    """The inspection of a metadata.json: its usable keys, and a finding for each unusable key."""
    reading = read(content)
    return UploadInspection(
        sha256=sha256(content), metadata=reading.row_text, findings=reading.findings
    )
