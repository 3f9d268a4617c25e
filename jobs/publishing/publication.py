"""Publishing: metadata.json claims a version, model.pkl commits it.

Both are created with `if_generation_match=0`, so of any number of publishers one gets a version,
and nothing that stands is written over. Until model.pkl is there, nothing is: the registry lists
no version without one. Who fails or is interrupted takes back its claim; who is killed leaves it,
which costs a number and nothing else, for the next publisher takes the next one.
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
from shared.registry.models import ModelFile, ModelVersion, Status

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]

log = logging.getLogger(__name__)

_VERSION_FOLDER = re.compile(r"v([0-9]{1,9})/")
# So many publishers of one model at the same time are a mistake.
_MOST_RACES = 100


@dataclass(frozen=True, slots=True)
class Publication:
    """A model version that stands in the bucket.

    Attributes:
        uri: its model.pkl.
        generation: of its model.pkl.
        status: what the registry says of it; None when it was not waited for.
        findings: what might be mended although it is published, a sentence each.
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
    """Where a model is to go.

    Attributes:
        version: None for the next one that was never taken.
        wait_seconds: how long to wait for the registry's word; 0: not at all.
    """

    name: str
    version: str | None = None
    wait_seconds: float = 0


def upload(
    content: bytes, metadata: Mapping[str, Any], destination: Destination, clients: Clients
) -> Publication:
    """Put a model and its metadata into the bucket, as a version or as the next free one.

    Raises:
        Conflict: when the version is taken.
        NotFound, PermissionDenied, Transient: as Cloud Storage answers; nothing is left behind.
    """
    bucket = clients.storage.bucket(clients.settings.models_bucket)
    text = metadata_text(metadata).encode()
    labels = {"uploader": str(metadata.get("author") or ""), "publication": uuid.uuid4().hex}
    for version in _candidates(bucket, destination):
        if published := _published(bucket, version, content, text, labels):
            return published
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
    for candidate in range(number, number + _MOST_RACES):
        yield ModelVersion.parse(destination.name, f"v{candidate}")


def _highest(bucket: "storage.Bucket", name: str) -> int:
    """The highest version number that was ever taken: one that was deleted is not given again."""
    prefix = f"{ModelVersion.parse(name, 'v0').name}/"
    with google_errors(f"listing gs://{bucket.name}/{prefix}"):
        names = {blob.name for blob in bucket.list_blobs(prefix=prefix, versions=True)}
    found = (_VERSION_FOLDER.match(each.removeprefix(prefix)) for each in names)
    return max((int(match[1]) for match in found if match), default=0)


def _published(
    bucket: "storage.Bucket",
    version: ModelVersion,
    content: bytes,
    metadata: bytes,
    labels: Mapping[str, str],
) -> Publication | None:
    claim = _blob(bucket, version, ModelFile.METADATA, labels)
    model = _blob(bucket, version, ModelFile.MODEL, labels)
    try:
        if not _created(claim, metadata, "application/json"):
            return None
        if _created(model, content, "application/octet-stream"):
            uri = f"gs://{bucket.name}/{model.name}"
            return Publication(version, uri, int(model.generation))
    except BaseException:
        _take_back(claim, model)
        raise
    _take_back(claim, model)
    return None


def _blob(
    bucket: "storage.Bucket", version: ModelVersion, file: ModelFile, labels: Mapping[str, str]
) -> "storage.Blob":
    blob = bucket.blob(version.object_name(file))
    blob.metadata = dict(labels)
    return blob


def _created(blob: "storage.Blob", content: bytes, kind: str) -> bool:
    """Create an object; False when another one stands there."""
    mine = blob.metadata["publication"]
    with google_errors(f"writing gs://{blob.bucket.name}/{blob.name}"):
        try:
            blob.upload_from_string(content, content_type=kind, if_generation_match=0)
        except PreconditionFailed:
            # The client tries again after a lost answer, and then finds what it wrote itself.
            return _stands(blob, mine)
    return True


def _stands(blob: "storage.Blob", publication: str) -> bool:
    """Whether an object that this publication wrote stands there; then `blob` describes it."""
    try:
        blob.reload()
    except GoogleNotFound:
        return False
    return (blob.metadata or {}).get("publication") == publication


def _take_back(claim: "storage.Blob", model: "storage.Blob") -> None:
    """Remove the claim of a version whose model.pkl was not written.

    A claim that cannot be removed does no harm; what went wrong before matters more.
    """
    publication = (claim.metadata or {}).get("publication", "")
    try:
        with google_errors(f"taking back {claim.name}"):
            if _stands(model, publication):
                log.warning("%s was published before the interruption", model.name)
            elif _stands(claim, publication):
                # The very generation, for good: the number is free again.
                claim.bucket.blob(claim.name, generation=claim.generation).delete()
    except MlsysError as error:
        log.warning("%s stays in the bucket, and its number is taken: %s", claim.name, error)
