"""Promotes a model version: the bytes that one environment approved, copied into another's bucket.

The copy is by generation and verified against the registration; metadata.json goes first and
model.pkl last, both with `if_generation_match=0`. So nothing that stands is written over, and a
promotion that was cut short, or is repeated, or meets another one, ends in the same two objects.
What arrives is registered by the other environment as any upload is, by its own rules.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.api_core.exceptions import NotFound as GoogleNotFound
from google.api_core.exceptions import PreconditionFailed

from jobs.metadata.reading import read
from jobs.models.artifacts import read_artifact, read_model
from jobs.registration.changes import PROMOTED_FROM, change_from_blob
from shared.clients import Clients, google_errors
from shared.errors import Conflict, FailedPrecondition
from shared.registry.approval import require_approval
from shared.registry.models import Artifact, ModelFile, ModelVersion, RegisteredModel

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]

_CONTENT_TYPES = {
    ModelFile.MODEL: "application/octet-stream",
    ModelFile.METADATA: "application/json",
}


@dataclass(frozen=True, slots=True)
class Promotion:
    """A model version that stands in the bucket of the next environment.

    Attributes:
        copy: the generation that stands there now.
        is_new: False when the same bytes stood there before.
    """

    model: RegisteredModel
    copy: Artifact
    is_new: bool

    def __str__(self) -> str:
        verb = "promoted" if self.is_new else "was promoted before"
        origin, checksum = _uri(self.model), self.model.sha256
        return f"{self.model.version} {verb}: {self.copy} is {origin}, sha256 {checksum}"


def promote(model: RegisteredModel, clients: Clients, *, from_env: str) -> Promotion:
    """Copy a model that another environment has registered into the bucket of this one.

    Raises:
        FailedPrecondition: when it is not approved there, or its metadata.json is not the one
            that was registered.
        NotFound: when the registered generation is gone.
        DataLoss: when its bytes are not those that were registered.
        Conflict: when another model, or another metadata.json, stands under that version here.
        Transient: when a service is away; asking again is safe.
    """
    require_approval(model, from_env)
    content = read_model(clients.storage, model)
    notes = _registered_notes(model, clients, from_env)
    place = _Place(clients.storage, clients.settings.models_bucket, model.version)
    # Both are compared before anything is written.
    noted = place.standing(ModelFile.METADATA, notes)
    standing = place.standing(ModelFile.MODEL, content)
    labels = _labels(model, clients)
    claim = None if notes is None or noted else place.put(ModelFile.METADATA, notes, labels)
    try:
        copy = standing or place.put(ModelFile.MODEL, content, labels)
    except Conflict:
        # Somebody else's model came in between: what is said of ours must not stand beside it.
        place.remove(claim)
        raise
    return Promotion(model, copy, is_new=standing is None)


@dataclass(frozen=True, slots=True)
class _Place:
    """A model version in the bucket that is promoted into."""

    client: "storage.Client"
    bucket: str
    version: ModelVersion

    def standing(self, file: ModelFile, content: bytes | None) -> Artifact | None:
        """What stands there, which must be the same; None for nothing.

        Raises:
            Conflict: when something else stands there.
        """
        name = self.version.object_name(file)
        with google_errors(f"looking for gs://{self.bucket}/{name}"):
            blob = self.client.bucket(self.bucket).get_blob(name)
        if blob is None:
            return None
        found = change_from_blob(blob).artifact
        if content is None or read_artifact(self.client, found) != content:
            raise Conflict(
                f"{found} stands there already, and is not what would be promoted: nothing was "
                "written over; promote another version, or delete it first",
                reason="VERSION_TAKEN",
                model=str(self.version),
            )
        return found

    def put(self, file: ModelFile, content: bytes, labels: Mapping[str, str]) -> Artifact:
        """Create an object, or find that another promotion has just created the same.

        Raises:
            Conflict: when something else has been put there meanwhile.
        """
        blob = self.client.bucket(self.bucket).blob(self.version.object_name(file))
        blob.metadata = dict(labels)
        with google_errors(f"writing gs://{self.bucket}/{blob.name}"):
            try:
                kind = _CONTENT_TYPES[file]
                blob.upload_from_string(content, content_type=kind, if_generation_match=0)
            except PreconditionFailed:
                # Another promotion was faster; or it was ours, whose answer was lost.
                if standing := self.standing(file, content):
                    return standing
                raise
        return change_from_blob(blob).artifact

    def remove(self, artifact: Artifact | None) -> None:
        """Remove the very generation, if there is one."""
        if artifact:
            with google_errors(f"removing {artifact}"), suppress(GoogleNotFound):
                self.client.bucket(self.bucket).blob(
                    artifact.name, generation=artifact.generation
                ).delete()


def _registered_notes(model: RegisteredModel, clients: Clients, from_env: str) -> bytes | None:
    """The metadata.json beside a model, None where there is none.

    Raises:
        FailedPrecondition: when it is not what was registered.
    """
    name = model.version.object_name(ModelFile.METADATA)
    with google_errors(f"looking for gs://{model.bucket}/{name}"):
        blob = clients.storage.bucket(model.bucket).get_blob(name)
    content = read_artifact(clients.storage, change_from_blob(blob).artifact) if blob else None
    if json.loads(read(content or b"{}").text or "{}") != model.metadata:
        raise FailedPrecondition(
            f"gs://{model.bucket}/{name} is not what was registered: "
            f"python -m jobs register --env={from_env} there, then promote again",
            reason="METADATA_CHANGED",
            model=str(model.version),
        )
    return content


def _labels(model: RegisteredModel, clients: Clients) -> dict[str, str]:
    """Where the copy comes from, and who had uploaded the original."""
    with google_errors(f"looking at {_uri(model)}"):
        blob = clients.storage.bucket(model.bucket).get_blob(
            model.object_name, generation=model.generation
        )
    labels = (blob.metadata or {}) if blob else {}
    uploader = {"uploader": labels["uploader"]} if "uploader" in labels else {}
    return uploader | {PROMOTED_FROM: _uri(model), "promoted-sha256": model.sha256 or ""}


def _uri(model: RegisteredModel) -> str:
    return f"gs://{model.bucket}/{model.object_name}#{model.generation}"
