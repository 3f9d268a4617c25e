"""Where two models differ: the values of features at which they do so more often than overall."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.comparison.tally import Tally
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import Profile

# Fewer rows differ more often by chance.
_LEAST_ROWS = 30
_MOST = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows with some values of one feature, and on how many of them the models differ.

    Of long batches only some rows are looked at, see jobs/drift/input_profile.py.
    """

    feature: str
    values: str
    rows: int
    differing: int

    @property
    def share(self) -> float:
        """The share of its rows on which the models differ."""
        return self.differing / self.rows

    def __str__(self) -> str:
        return f"{self.feature} {self.values}: {self.share:.1%} of {self.rows:,}"


def worst_segments(tally: Tally) -> Sequence[Segment]:
    """The segments with the highest shares, those that are above the share overall."""
    if not (tally.everywhere and tally.disagreeing):
        return []
    overall = 1 - tally.same / tally.rows
    everywhere, disagreeing = tally.everywhere.features, tally.disagreeing.features
    found = [
        segment
        for name in sorted(everywhere.keys() & disagreeing.keys())
        for segment in _segments(name, everywhere[name], disagreeing[name])
        if segment.rows >= _LEAST_ROWS and segment.share > overall
    ]
    return sorted(found, key=lambda each: -each.share)[:_MOST]


def _segments(feature: str, everywhere: Profile, disagreeing: Profile) -> Iterator[Segment]:
    # Without a baseline the values are ordered by how frequent they are: in another order.
    differing = dict(zip(_values(disagreeing), disagreeing.shares, strict=True))
    for values, rows in zip(_values(everywhere), everywhere.shares, strict=True):
        yield Segment(feature, values, rows, differing.get(values, 0))


def _values(profile: Profile) -> list[str]:
    if not isinstance(profile, NumericalProfile):
        return [*(f"= {value}" for value in profile.values), "= any other", "is missing"]
    edges = [f"{edge:g}" for edge in profile.edges]
    if not edges:
        return ["is any number", "is missing"]
    between = [f"above {low} to {high}" for low, high in pairwise(edges)]
    return [f"up to {edges[0]}", *between, f"above {edges[-1]}", "is missing"]
