"""Uploads a model as one transaction: metadata.json claims a version, model.pkl commits it.

Both are created with `if_generation_match=0`, so only one of several concurrent publishers gets a
version, and no object is overwritten. The registry lists no version without a model.pkl. A
publisher that fails or is interrupted removes its claim. A publisher that is killed leaves the
claim behind, which only costs a version number: the next publisher takes the next one.
"""

import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.api_core.exceptions import NotFound as GoogleNotFound
from google.api_core.exceptions import PreconditionFailed

from jobs.publishing.model_metadata import metadata_text
from shared.clients import Clients, google_errors
from shared.errors import Conflict, MlsysError
from shared.registry.model_version import ModelFile, ModelVersion, Status

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]

log = logging.getLogger(__name__)

_VERSION_FOLDER = re.compile(r"v([0-9]{1,9})/")
# More version numbers than concurrent publishers of one model can take.
_MAX_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Publication:
    """A model version in the bucket.

    Attributes:
        uri: the gs:// URI of its model.pkl.
        generation: the generation of its model.pkl.
        status: its status in the registry; None when the publisher did not wait for it.
        findings: possible improvements, a message each.
    """

    version: ModelVersion
    uri: str
    generation: int
    status: Status | None = None
    findings: tuple[str, ...] = ()

    def __str__(self) -> str:
        state = f", {self.status}" if self.status else ""
        return "\n  - ".join((f"{self.version}: {self.uri}{state}", *self.findings))


@dataclass(frozen=True, slots=True)
class Destination:
    """The model version to publish.

    Attributes:
        name: the model's name.
        version: None for the next version number that was never used.
        wait_seconds: how long to wait for the registration; 0 to not wait.
    """

    name: str
    version: str | None = None
    wait_seconds: float = 0


def upload(
    content: bytes, metadata: Mapping[str, Any], destination: Destination, clients: Clients
) -> Publication:
    """Upload a model and its metadata as the given version or as the next free one.

    Raises:
        Conflict: when the version exists.
        NotFound, PermissionDenied, Transient: Cloud Storage's error; no object is left behind.
    """
    bucket = clients.storage.bucket(clients.settings.models_bucket)
    text = metadata_text(metadata).encode()
    labels = {"uploader": str(metadata.get("author") or ""), "publication": uuid.uuid4().hex}
    for version in _candidates(bucket, destination):
        if publication := _try_publish(bucket, version, content, text, labels):
            return publication
    raise Conflict(
        f"{destination.version or version} of {destination.name} is taken: leave the version out "
        "to get the next free one",
        reason="VERSION_TAKEN",
        model=destination.name,
    )


def _candidates(bucket: "storage.Bucket", destination: Destination) -> Iterator[ModelVersion]:
    if destination.version:
        yield ModelVersion.parse(destination.name, destination.version)
        return
    number = _highest(bucket, destination.name) + 1
    for candidate in range(number, number + _MAX_ATTEMPTS):
        yield ModelVersion.parse(destination.name, f"v{candidate}")


def _highest(bucket: "storage.Bucket", name: str) -> int:
    """The highest version number that was ever used, deleted versions included; 0 without any."""
    prefix = f"{ModelVersion.parse(name, 'v0').name}/"
    with google_errors(f"listing gs://{bucket.name}/{prefix}"):
        names = {blob.name for blob in bucket.list_blobs(prefix=prefix, versions=True)}
    found = (_VERSION_FOLDER.match(each.removeprefix(prefix)) for each in names)
    return max((int(match[1]) for match in found if match), default=0)


def _try_publish(
    bucket: "storage.Bucket",
    version: ModelVersion,
    content: bytes,
    metadata: bytes,
    labels: Mapping[str, str],
) -> Publication | None:
    """Upload both objects as one version; None when another publisher has the version."""
    claim = _blob(bucket, version, ModelFile.METADATA, labels)
    model = _blob(bucket, version, ModelFile.MODEL, labels)
    try:
        if not _create(claim, metadata, "application/json"):
            return None
        if _create(model, content, "application/octet-stream"):
            uri = f"gs://{bucket.name}/{model.name}"
            return Publication(version, uri, int(model.generation))
    except BaseException:
        _remove_claim(claim, model)
        raise
    _remove_claim(claim, model)
    return None


def _blob(
    bucket: "storage.Bucket", version: ModelVersion, file: ModelFile, labels: Mapping[str, str]
) -> "storage.Blob":
    blob = bucket.blob(version.object_name(file))
    blob.metadata = dict(labels)
    return blob


def _create(blob: "storage.Blob", content: bytes, kind: str) -> bool:
    """Create an object; False when another publisher's object exists."""
    publication = blob.metadata["publication"]
    with google_errors(f"writing gs://{blob.bucket.name}/{blob.name}"):
        try:
            blob.upload_from_string(content, content_type=kind, if_generation_match=0)
        except PreconditionFailed:
            # After a lost response the client retries, and finds the object that it created.
            return _is_from(publication, blob)
    return True


def _is_from(publication: str, blob: "storage.Blob") -> bool:
    """Whether the live object is from this publication; loads its attributes into `blob`."""
    try:
        blob.reload()
    except GoogleNotFound:
        return False
    return (blob.metadata or {}).get("publication") == publication


def _remove_claim(claim: "storage.Blob", model: "storage.Blob") -> None:
    """Remove the metadata.json of a version whose model.pkl was not created.

    A failure is logged only: a claim that stays is harmless, and the first error matters more.
    """
    publication = (claim.metadata or {}).get("publication", "")
    try:
        with google_errors(f"removing {claim.name}"):
            if _is_from(publication, model):
                log.warning("%s was published before the interruption", model.name)
            elif _is_from(publication, claim):
                # By generation, so that no noncurrent generation stays: the number is free again.
                claim.bucket.blob(claim.name, generation=claim.generation).delete()
    except MlsysError as error:
        log.warning("%s stays in the bucket, and its number is taken: %s", claim.name, error)
