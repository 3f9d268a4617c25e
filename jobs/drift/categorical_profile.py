"""How a column of anything but numbers is spread: over its most frequent values. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class CategoricalProfile:
    """How a column of texts, truth values or anything else is spread.

    Attributes:
        missing: NULLs.
        values: how often each of the values that are told apart occurs.
        other: how many values are none of these.
    """

    missing: int
    values: Mapping[str, int] = field(default_factory=dict)
    other: int = 0

    @classmethod
    def of(cls, column: pa.Array, known: Sequence[str] | None = None) -> Self:
        """The profile of a column, over the known values, or over its own most frequent ones."""
        found = _counts(column)
        missing = column.null_count
        names = list(_most_frequent(found)) if known is None else known
        values = {name: found[name] for name in names}
        return cls(missing, values, len(column) - missing - sum(values.values()))

    @property
    def shares(self) -> tuple[int, ...]:
        """How often each value occurs, how many are other ones, and how many are missing."""
        return (*self.values.values(), self.other, self.missing)

    def __add__(self, other: Self) -> Self:
        # Of the same known values none is dropped; else the least frequent of many join the others.
        together = Counter(self.values)
        together.update(other.values)
        same = list(self.values) == list(other.values)
        kept = together if same else _most_frequent(together)
        dropped = sum(together.values()) - sum(kept.values())
        return type(self)(
            self.missing + other.missing, dict(kept), self.other + other.other + dropped
        )

    def to_json(self) -> dict[str, Any]:
        """The profile as metadata.json and `prediction_runs` hold it."""
        return {"missing": self.missing, "values": dict(self.values), "other": self.other}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The profile that somebody wrote down."""
        return cls(content["missing"], dict(content["values"]), content["other"])


def _counts(column: pa.Array) -> Counter[str]:
    if not _is_text(column.type):
        column = pc.cast(column, pa.string(), safe=False)
    counted = pc.value_counts(column).to_pylist()
    return Counter(
        {each["values"]: each["counts"] for each in counted if each["values"] is not None}
    )


def _most_frequent(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_VALUES])


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
