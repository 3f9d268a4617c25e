"""The conditions that a request sets on the current version; pure.

https://cloud.google.com/storage/docs/request-preconditions
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from local.storage.errors import InvalidError, NotModifiedError, PreconditionError
from local.storage.resources import Resource

_REFUSAL = "At least one of the pre-conditions you specified did not hold."


@dataclass(frozen=True)
class Preconditions:
    """What must hold; generation 0 is that of an object that does not exist."""

    generation_match: int | None = None
    generation_not_match: int | None = None
    metageneration_match: int | None = None
    metageneration_not_match: int | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, object], prefix: str = "if") -> "Preconditions":
        """The conditions named `{prefix}GenerationMatch` and so on in a query or a JSON body."""
        return cls(
            _number(query, f"{prefix}GenerationMatch"),
            _number(query, f"{prefix}GenerationNotMatch"),
            _number(query, f"{prefix}MetagenerationMatch"),
            _number(query, f"{prefix}MetagenerationNotMatch"),
        )

    @property
    def stored(self) -> dict[str, int | None]:
        """The conditions as JSON, for `Preconditions(**stored)`."""
        return asdict(self)

    def check(self, current: Resource | None) -> None:
        """Refuse with 412 unless the conditions hold of the current version."""
        if not self._matches(current) or not self._differs(current):
            raise PreconditionError(_REFUSAL)

    def require_readable(self, current: Resource) -> None:
        """Refuse with 412, or with 304 when the reader has this very version."""
        if not self._matches(current):
            raise PreconditionError(_REFUSAL)
        if not self._differs(current):
            raise NotModifiedError("Not Modified")

    def _matches(self, current: Resource | None) -> bool:
        return self.generation_match in {None, _version(current, "generation")} and (
            self.metageneration_match in {None, _version(current, "metageneration")}
        )

    def _differs(self, current: Resource | None) -> bool:
        return self.generation_not_match != _version(
            current, "generation"
        ) and self.metageneration_not_match != _version(current, "metageneration")


def _version(current: Resource | None, field: str) -> int:
    return int(current.get(field, 0)) if current else 0


def _number(query: Mapping[str, object], name: str) -> int | None:
    value = query.get(name)
    if value is None:
        return None
    try:
        return int(str(value))
    except ValueError as error:
        raise InvalidError(f"Invalid long value: '{value}' for {name}.") from error
