"""The distribution of a numerical column: counts over bins, and summary statistics. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class NumericalProfile:
    """The distribution of a numerical column; times count in the Arrow type's unit since 1970.

    Attributes:
        missing: number of NULLs, NaNs and infinities.
        edges: n ascending numbers that separate n + 1 bins; a bin includes its upper edge.
        counts: number of values in each bin; shape (n + 1,).
        std: the standard deviation of the population.
    """

    missing: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    minimum: float = math.inf
    maximum: float = -math.inf
    mean: float = 0.0
    std: float = 0.0

    @classmethod
    def of(cls, column: pa.Array, edges: Sequence[float] = ()) -> Self:
        """The profile of a column over the bins that the edges separate."""
        values = finite_numbers(column)
        missing = len(column) - len(values)
        if not len(values):
            return cls(missing, tuple(edges), (0,) * (len(edges) + 1))
        mean = float(values.mean())
        squares = values - mean
        np.multiply(squares, squares, out=squares)
        # For a few edges, comparisons are many times as fast as a binary search.
        below = [0, *(int(np.count_nonzero(values <= edge)) for edge in edges), len(values)]
        return cls(
            missing,
            tuple(edges),
            tuple(upper - lower for lower, upper in pairwise(below)),
            float(values.min()),
            float(values.max()),
            mean,
            math.sqrt(float(squares.sum()) / len(values)),
        )

    @property
    def present(self) -> int:
        """The number of values that are not missing."""
        return sum(self.counts)

    @property
    def bin_counts(self) -> tuple[int, ...]:
        """The number of values in each bin, then the number of missing values."""
        return (*self.counts, self.missing)

    def __add__(self, other: Self) -> Self:
        # Source: Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm (1979)
        total = self.present + other.present
        share = other.present / max(total, 1)
        shift = other.mean - self.mean
        variance = self.std**2 * (1 - share) + other.std**2 * share + shift**2 * share * (1 - share)
        return type(self)(
            self.missing + other.missing,
            self.edges,
            tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)),
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.mean + shift * share,
            math.sqrt(variance),
        )

    def to_json(self) -> dict[str, Any]:
        """The profile as metadata.json and `prediction_runs` hold it."""
        has_values = bool(self.present)
        return {
            "missing": self.missing,
            "min": self.minimum if has_values else None,
            "max": self.maximum if has_values else None,
            "mean": self.mean if has_values else None,
            "std": self.std if has_values else None,
            "edges": list(self.edges),
            "counts": list(self.counts),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The profile that `to_json` wrote."""
        profile = cls(content["missing"], tuple(content["edges"]), tuple(content["counts"]))
        if not profile.present:
            return profile
        statistics = (content[name] for name in ("min", "max", "mean", "std"))
        return cls(profile.missing, profile.edges, profile.counts, *statistics)


def is_numerical(kind: pa.DataType) -> bool:
    """Whether columns of an Arrow type get a numerical profile: numbers and times do."""
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or (pa.types.is_temporal(kind) and not pa.types.is_duration(kind))
    )


def finite_numbers(column: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The finite values of a numerical column; shape (at most len(column),)."""
    if pa.types.is_temporal(column.type):
        narrow = column.type.bit_width == 32  # noqa: PLR2004  (bits)
        column = column.view(pa.int32() if narrow else pa.int64())
    if pa.types.is_integer(column.type) and not column.null_count:
        integers: np.ndarray[Any, np.dtype[Any]] = column.to_numpy()
        return integers.astype(np.float64)
    if column.type != pa.float64():
        column = pc.cast(column, pa.float64(), safe=False)
    values: np.ndarray[Any, np.dtype[np.float64]] = column.fill_null(math.nan).to_numpy()
    finite = np.isfinite(values)
    return values if finite.all() else values.compress(finite)
