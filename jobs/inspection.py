"""Looks at an uploaded file before anybody relies on it. Pure: bytes in, findings out."""

import json
from dataclasses import dataclass

from jobs.artifacts import sha256
from shared.models import ModelFile, Status

METADATA_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What an inspection found: the fields of a fact that only the bytes can tell."""

    sha256: str | None = None
    status: Status | None = None
    metadata: str | None = None
    findings: tuple[str, ...] = ()


def inspect(file: ModelFile, content: bytes) -> Inspection:
    """What there is to say of a file's bytes."""
    if file is ModelFile.METADATA:
        return inspect_metadata(content)
    return inspect_model(content)


def inspect_model(content: bytes) -> Inspection:
    """A model is pinned by its checksum. Its bytes are not yet examined, and its status says so."""
    return Inspection(sha256=sha256(content), status=Status.UNINSPECTED)


def inspect_metadata(content: bytes) -> Inspection:
    """metadata.json is kept when it is a JSON object of at most 1 MB; else it is a finding."""
    checksum = sha256(content)
    if len(content) > METADATA_LIMIT_BYTES:
        finding = (
            f"metadata.json has {len(content):,} bytes: keep it below {METADATA_LIMIT_BYTES:,}"
        )
        return Inspection(sha256=checksum, findings=(finding,))
    try:
        metadata = json.loads(content)
    except (ValueError, RecursionError) as error:
        return Inspection(sha256=checksum, findings=(f"metadata.json is not JSON: {error}",))
    if not isinstance(metadata, dict):
        return Inspection(sha256=checksum, findings=("metadata.json is not a JSON object",))
    return Inspection(sha256=checksum, metadata=json.dumps(metadata, ensure_ascii=False))
