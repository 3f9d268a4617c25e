"""The distribution of a categorical column: counts of its most frequent values. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

MOST_VALUES = 50
_MOST_ROWS = 2**63


@dataclass(frozen=True, slots=True)
class CategoricalProfile:
    """The distribution of a column of strings, booleans or any other type but numbers and times.

    Attributes:
        missing: number of NULLs.
        values: number of rows of each counted value, at most MOST_VALUES of them.
        other: number of rows of all other values.
    """

    missing: int
    values: Mapping[str, int] = field(default_factory=dict)
    other: int = 0

    @classmethod
    def of(cls, column: pa.Array, values: Sequence[str] | None = None) -> Self:
        """The profile of a column over the given values, else over its most frequent ones."""
        counts = _counts(column)
        missing = column.null_count
        counted = list(_most_frequent(counts)) if values is None else values
        found = {value: counts[value] for value in counted}
        return cls(missing, found, len(column) - missing - sum(found.values()))

    @property
    def bin_counts(self) -> tuple[int, ...]:
        """The count of each value, then of the other values, then of the missing ones."""
        return (*self.values.values(), self.other, self.missing)

    def __add__(self, other: Self) -> Self:
        # Two profiles over the same values keep all of them. Otherwise the least frequent values
        # become part of `other`.
        total = Counter(self.values)
        total.update(other.values)
        same = list(self.values) == list(other.values)
        kept = total if same else _most_frequent(total)
        dropped = sum(total.values()) - sum(kept.values())
        return type(self)(
            self.missing + other.missing, dict(kept), self.other + other.other + dropped
        )

    def to_json(self) -> dict[str, Any]:
        """The profile as metadata.json and `prediction_runs` hold it."""
        return {"missing": self.missing, "values": dict(self.values), "other": self.other}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The profile that `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: when the content is no profile.
        """
        profile = cls(content["missing"], dict(content["values"]), content["other"])
        counts = (profile.missing, profile.other, *profile.values.values())
        if not all(isinstance(each, int) and 0 <= each < _MOST_ROWS for each in counts):
            raise ValueError("counts that are no numbers of rows")
        return profile


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
