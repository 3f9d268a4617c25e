"""A document that one process writes and another reads: a frozen dataclass, stored as JSON. Pure.

Its keys are the dataclass's fields. The types of the fields say what a document holds; msgspec
checks them when it is read. So that processes of two releases can work on one run:

* A field that is added has a default: documents of the release before lack it.
* A reader ignores fields that it does not know: documents of the next release may have them.
* A field keeps its key and its type, and is not removed. Where that cannot be avoided, the
  document's `version` is raised: a release before then refuses it and reads nothing wrongly.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

import msgspec

from shared.errors import DataLoss, FailedPrecondition

_REMEDY = "delete the object, and start again with another run_id"


class Document:
    """A document; its subclasses are frozen dataclasses.

    Attributes:
        version: version of the format that this release writes, and the latest that it reads.
            Release 0.1.0 wrote none, which is version 0.
        keys: the JSON keys of fields that were renamed; they keep their first names.
    """

    __slots__ = ()
    version: ClassVar[int] = 1
    keys: ClassVar[Mapping[str, str]] = {}

    def to_json(self) -> dict[str, Any]:
        """The document as a JSON object; times are in RFC 3339."""
        fields = {self.keys.get(name, name): value for name, value in fields_of(self).items()}
        return {"version": self.version, **fields}

    def to_text(self) -> str:
        """The document as JSON text."""
        return json.dumps(self.to_json(), indent=2)

    @classmethod
    def from_json(
        cls, content: object, *, uri: str, strict: bool = True, remedy: str = _REMEDY
    ) -> Self:
        """The document that `to_json` of this or an earlier release gave.

        Args:
            content: the JSON object; keys that are no fields are ignored.
            uri: of the document, for errors.
            strict: False when numbers are given as text.
            remedy: what to do about a document that cannot be read, for errors.

        Raises:
            DataLoss: when a required field is missing, or a value has another type.
            FailedPrecondition: when a newer release wrote it in a format that this one cannot read.
        """
        try:
            written = msgspec.convert(content, _Format, strict=strict)
            _require_readable(written.version, cls.version, uri)
            return msgspec.convert(cls._by_field(content), cls, strict=strict)
        except msgspec.ValidationError as error:
            raise _corrupt(f"{cls.__name__}: {error}", uri, remedy) from error

    @classmethod
    def _by_field(cls, content: object) -> object:
        if not isinstance(content, dict):
            return content
        names = {key: name for name, key in cls.keys.items()}
        return {names.get(key, key): value for key, value in content.items()}

    @classmethod
    def from_text(cls, text: bytes, *, uri: str) -> Self:
        """The document that `to_text` of this or an earlier release gave; `uri` is for errors.

        Raises:
            DataLoss, FailedPrecondition: as `from_json`; DataLoss also when it is no JSON.
        """
        try:
            # Python's decoder reads NaN, which a model's metadata may hold; msgspec's does not.
            content = json.loads(text)
        except ValueError as error:
            raise _corrupt(f"{cls.__name__}: {error}", uri, _REMEDY) from error
        return cls.from_json(content, uri=uri)


def fields_of(document: Document) -> dict[str, Any]:
    """The fields of a document as a JSON object, without its version."""
    fields: dict[str, Any] = msgspec.to_builtins(document, enc_hook=_builtin)
    return fields


def _builtin(value: object) -> str:
    # Google's clients return times of a subclass of datetime, which msgspec does not know.
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a document cannot hold {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class _Format:
    version: int = 0


def _require_readable(written: int, readable: int, uri: str) -> None:
    if written > readable:
        raise FailedPrecondition(
            f"{uri} was written by a newer release (format {written}; this release reads up to "
            f"format {readable}): deploy the newer release to the gateway and to the jobs",
            reason="NEWER_FORMAT",
            uri=uri,
        )


def _corrupt(why: str, uri: str, remedy: str) -> DataLoss:
    return DataLoss(f"{uri} is not a readable {why}; {remedy}", reason="CORRUPT_DOCUMENT", uri=uri)
