"""Models, their versions, and the objects in Cloud Storage that hold them. Pure."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.errors import InvalidArgument
from shared.registry.signature import ModelSignature

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")
_VERSION = re.compile(r"v?(0|[1-9][0-9]{0,8})")
_OBJECT = re.compile(r"(?P<name>[^/]+)/(?P<version>v[^/]+)/(?P<file>model\.pkl|metadata\.json)")

PATH_RULE = "{model-name}/v{N}/model.pkl"


class ModelFile(StrEnum):
    """The files that make up a model version in the bucket."""

    MODEL = "model.pkl"
    METADATA = "metadata.json"


class Status(StrEnum):
    """The result of the inspection of a model at its registration.

    An approved model has answered in its runtime. A proved one has given its author's own answers
    there, to the last bit.
    """

    UNINSPECTED = "uninspected"
    APPROVED = "approved"
    PROVED = "proved"
    QUARANTINED = "quarantined"

    @property
    def may_predict(self) -> bool:
        """Whether a model of this status may predict."""
        return self in {Status.APPROVED, Status.PROVED}


@dataclass(frozen=True, slots=True, order=True)
class ModelVersion:
    """One version of a model; `str()` gives `titanic-survival/v3`."""

    name: str
    version: str

    @classmethod
    def parse(cls, name: str, version: str) -> "ModelVersion":
        """The version of a name and a number; `3` is short for `v3`.

        Raises:
            InvalidArgument: when either is malformed.
        """
        if not _NAME.fullmatch(name):
            raise InvalidArgument(
                f"{name!r} is not a model name: use letters, digits, dots, dashes, underscores",
                reason="INVALID_MODEL_NAME",
                model_name=name,
            )
        if not (number := _VERSION.fullmatch(version)):
            raise InvalidArgument(
                f"{version!r} is not a model version: write v1, v2, …",
                reason="INVALID_MODEL_VERSION",
                model_version=version,
            )
        return cls(name, f"v{number[1]}")

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"

    def object_name(self, file: ModelFile) -> str:
        """Name of the object that holds a file of this version."""
        return f"{self}/{file}"


def parse_object_name(name: str) -> tuple[ModelVersion, ModelFile]:
    """The model version in an object's name, and which file of it the object is.

    Raises:
        InvalidArgument: when the name is not a model path.
    """
    if match := _OBJECT.fullmatch(name):
        try:
            version = ModelVersion.parse(match["name"], match["version"])
        except InvalidArgument as error:
            raise not_a_model_path(name) from error
        return version, ModelFile(match["file"])
    raise not_a_model_path(name)


def not_a_model_path(name: str) -> InvalidArgument:
    """The error for an object whose name is not a model path; it gives the rule."""
    return InvalidArgument(
        f"{name!r} is not a model path: name it {PATH_RULE}, "
        "with an optional metadata.json beside it",
        reason="NOT_A_MODEL_PATH",
        object=name,
    )


@dataclass(frozen=True, slots=True)
class Artifact:
    """The metadata of one generation of one object in Cloud Storage.

    Attributes:
        crc32c: base64 of the big-endian CRC32C, as Cloud Storage writes it.
        labels: the object's custom metadata.
        version: the model version that the object is a file of; None when its name is not a model
            path.
        file: which file of that version it is; None when its name is not a model path.
    """

    bucket: str
    name: str
    generation: int
    metageneration: int
    size_bytes: int
    crc32c: str
    created_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    version: ModelVersion | None = field(init=False, default=None)
    file: ModelFile | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        with suppress(InvalidArgument):
            version, file = parse_object_name(self.name)
            object.__setattr__(self, "version", version)
            object.__setattr__(self, "file", file)

    def __str__(self) -> str:
        return f"gs://{self.bucket}/{self.name}#{self.generation}"


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """The columns of a row of `model_registry` that the gateway and the jobs use.

    Attributes:
        sha256: hexadecimal, or None when the object was gone before it could be read.
        metadata: the content of metadata.json, {} when there is none.
        signature: its inputs and outputs; None when the registration could not store them.
        runtime: the runtime that scores it; None when a release without runtimes registered it.
    """

    version: ModelVersion
    bucket: str
    generation: int
    size_bytes: int
    crc32c: str
    sha256: str | None
    status: Status
    findings: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    signature: ModelSignature | None = None
    runtime: str | None = None

    @property
    def object_name(self) -> str:
        """Name of the object model.pkl of this version."""
        return self.version.object_name(ModelFile.MODEL)
