"""Promotes a model version: copies it from the bucket of one environment to that of the next.

The registered generation is read and verified against its checksum. metadata.json is created first
and model.pkl last, both with `if_generation_match=0`. So no object is overwritten, and promotions
that are interrupted, repeated or concurrent end with the same two objects. The target environment
inspects and registers the copy like any upload.
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
from jobs.registration.object_changes import PROMOTED_FROM, change_from_blob
from shared.clients import Clients, google_errors
from shared.errors import Conflict, FailedPrecondition
from shared.registry.approval import require_approval
from shared.registry.model_version import Artifact, ModelFile, ModelVersion, RegisteredModel

if TYPE_CHECKING:
    from google.cloud import storage  # type: ignore[attr-defined]

_CONTENT_TYPES = {
    ModelFile.MODEL: "application/octet-stream",
    ModelFile.METADATA: "application/json",
}


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promoted model version.

    Attributes:
        model: the registered model in the source environment.
        copy: its model.pkl in the target environment's bucket.
        is_new: False when the copy existed before.
    """

    model: RegisteredModel
    copy: Artifact
    is_new: bool

    def __str__(self) -> str:
        verb = "promoted" if self.is_new else "was promoted before"
        origin, checksum = _uri(self.model), self.model.sha256
        return f"{self.model.version} {verb}: {self.copy} is {origin}, sha256 {checksum}"


def promote(model: RegisteredModel, clients: Clients, *, from_env: str) -> Promotion:
    """Copy a registered model of another environment into the bucket of this environment.

    Raises:
        FailedPrecondition: when the model is not approved there, or its metadata.json is not the
            registered one.
        NotFound: when the registered generation was deleted.
        DataLoss: when its bytes differ from the registered checksum.
        Conflict: when this version exists here with another model or metadata.json.
        Transient: when a service is unavailable; a retry is safe.
    """
    require_approval(model, from_env)
    content = read_model(clients.storage, model)
    metadata = _registered_metadata(model, clients, from_env)
    target = _Target(clients.storage, clients.settings.models_bucket, model.version)
    # Both objects are compared before one is written.
    existing_metadata = target.existing(ModelFile.METADATA, metadata)
    existing = target.existing(ModelFile.MODEL, content)
    labels = _labels(model, clients)
    created = None
    if metadata is not None and existing_metadata is None:
        created = target.create(ModelFile.METADATA, metadata, labels)
    try:
        copy = existing or target.create(ModelFile.MODEL, content, labels)
    except Conflict:
        # Another model was uploaded meanwhile, which this metadata does not describe.
        target.remove(created)
        raise
    return Promotion(model, copy, is_new=existing is None)


@dataclass(frozen=True, slots=True)
class _Target:
    """A model version in the target environment's bucket."""

    client: "storage.Client"
    bucket: str
    version: ModelVersion

    def existing(self, file: ModelFile, content: bytes | None) -> Artifact | None:
        """The live object, which must have this content; None when there is none.

        Raises:
            Conflict: when the live object has other content.
        """
        name = self.version.object_name(file)
        with google_errors(f"looking for gs://{self.bucket}/{name}"):
            blob = self.client.bucket(self.bucket).get_blob(name)
        if blob is None:
            return None
        artifact = change_from_blob(blob).artifact
        if content is None or read_artifact(self.client, artifact) != content:
            raise Conflict(
                f"{artifact} stands there already, and is not what would be promoted: nothing was "
                "written over; promote another version, or delete it first",
                reason="VERSION_TAKEN",
                model=str(self.version),
            )
        return artifact

    def create(self, file: ModelFile, content: bytes, labels: Mapping[str, str]) -> Artifact:
        """Create an object, or return the equal one that another promotion has just created.

        Raises:
            Conflict: when an object of other content has been created meanwhile.
        """
        blob = self.client.bucket(self.bucket).blob(self.version.object_name(file))
        blob.metadata = dict(labels)
        with google_errors(f"writing gs://{self.bucket}/{blob.name}"):
            try:
                kind = _CONTENT_TYPES[file]
                blob.upload_from_string(content, content_type=kind, if_generation_match=0)
            except PreconditionFailed:
                # Created by another promotion, or by this one when the response was lost.
                if artifact := self.existing(file, content):
                    return artifact
                raise
        return change_from_blob(blob).artifact

    def remove(self, artifact: Artifact | None) -> None:
        """Delete a generation, unless it is None."""
        if artifact:
            with google_errors(f"removing {artifact}"), suppress(GoogleNotFound):
                self.client.bucket(self.bucket).blob(
                    artifact.name, generation=artifact.generation
                ).delete()


def _registered_metadata(model: RegisteredModel, clients: Clients, from_env: str) -> bytes | None:
    """The metadata.json of a model, None when there is none.

    Raises:
        FailedPrecondition: when it is not the registered one.
    """
    name = model.version.object_name(ModelFile.METADATA)
    with google_errors(f"looking for gs://{model.bucket}/{name}"):
        blob = clients.storage.bucket(model.bucket).get_blob(name)
    content = read_artifact(clients.storage, change_from_blob(blob).artifact) if blob else None
    if json.loads(read(content or b"{}").row_text or "{}") != model.metadata:
        raise FailedPrecondition(
            f"gs://{model.bucket}/{name} is not what was registered: "
            f"mlsys reconcile --env={from_env} there, then promote again",
            reason="METADATA_CHANGED",
            model=str(model.version),
        )
    return content


def _labels(model: RegisteredModel, clients: Clients) -> dict[str, str]:
    """Custom metadata of the copy: its origin and the uploader of the original."""
    with google_errors(f"looking at {_uri(model)}"):
        blob = clients.storage.bucket(model.bucket).get_blob(
            model.object_name, generation=model.generation
        )
    labels = (blob.metadata or {}) if blob else {}
    uploader = {"uploader": labels["uploader"]} if "uploader" in labels else {}
    return uploader | {PROMOTED_FROM: _uri(model), "promoted-sha256": model.sha256 or ""}


def _uri(model: RegisteredModel) -> str:
    return f"gs://{model.bucket}/{model.object_name}#{model.generation}"
