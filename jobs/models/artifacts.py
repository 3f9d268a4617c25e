"""Reads artifacts by generation, and verifies a model's bytes against its registration."""

import base64
import hashlib
from typing import TYPE_CHECKING

import google_crc32c
from google.api_core.exceptions import NotFound as GoogleNotFound

from shared.clients import google_errors
from shared.errors import DataLoss, NotFound
from shared.registry.model_version import Artifact, RegisteredModel

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]


def read_artifact(client: "storage.Client", artifact: Artifact) -> bytes:
    """The bytes of one generation.

    Raises:
        NotFound: when the generation is gone.
        Transient: when Cloud Storage is not available.
    """
    blob = client.bucket(artifact.bucket).blob(artifact.name, generation=artifact.generation)
    with google_errors(f"reading {artifact}"):
        try:
            return bytes(blob.download_as_bytes())
        except GoogleNotFound as error:
            raise NotFound(f"{artifact} is gone", reason="GENERATION_GONE") from error


def read_model(client: "storage.Client", model: RegisteredModel) -> bytes:
    """The bytes of a registered model.pkl, verified against its registration.

    Raises:
        NotFound: when the registered generation is gone.
        DataLoss: when the bytes are not those that were registered.
        Transient: when Cloud Storage is not available.
    """
    uri = f"gs://{model.bucket}/{model.object_name}#{model.generation}"
    blob = client.bucket(model.bucket).blob(model.object_name, generation=model.generation)
    with google_errors(f"reading {uri}"):
        try:
            content = bytes(blob.download_as_bytes())
        except GoogleNotFound as error:
            raise NotFound(
                f"{uri} is gone: the model was deleted or overwritten after it was registered; "
                "start again to use the current one",
                reason="GENERATION_GONE",
            ) from error
    _verify(content, model, uri)
    return content


def _verify(content: bytes, model: RegisteredModel, uri: str) -> None:
    found = (len(content), crc32c(content), sha256(content))
    if found != (model.size_bytes, model.crc32c, model.sha256):
        raise DataLoss(
            f"{uri} is not what was registered (size, crc32c or sha256 differ): upload it again",
            reason="CHECKSUM_MISMATCH",
        )


def crc32c(content: bytes) -> str:
    """The CRC32C as Cloud Storage writes it: base64 of its big-endian bytes."""
    return base64.b64encode(google_crc32c.Checksum(content).digest()).decode()


def sha256(content: bytes) -> str:
    """The SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
