"""Segments of rows on which two models disagree more often than on all rows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.comparison.tally import Tally
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import Profile

# A smaller segment can have a high share by chance.
_MIN_ROWS = 30
_MAX_SEGMENTS = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows with some values of one feature.

    Attributes:
        feature: the feature's name in model a.
        values: the condition as text, e.g. "above 16 to 30" or "= male".
        rows: number of rows; long batches are sampled, see jobs/drift/input_profile.py.
        differing: number of those rows on which the models disagree.
    """

    feature: str
    values: str
    rows: int
    differing: int

    @property
    def share(self) -> float:
        """The share of its rows on which the models disagree."""
        return self.differing / self.rows

    def __str__(self) -> str:
        return f"{self.feature} {self.values}: {self.share:.1%} of {self.rows:,}"


def worst_segments(tally: Tally) -> Sequence[Segment]:
    """The segments with the highest shares of disagreement, if above the share of all rows."""
    if not (tally.profile and tally.disagreeing_profile):
        return []
    overall = 1 - tally.agreeing / tally.rows
    profiles, disagreeing = tally.profile.features, tally.disagreeing_profile.features
    segments = [
        segment
        for name in sorted(profiles.keys() & disagreeing.keys())
        for segment in _segments(name, profiles[name], disagreeing[name])
        if segment.rows >= _MIN_ROWS and segment.share > overall
    ]
    return sorted(segments, key=lambda each: -each.share)[:_MAX_SEGMENTS]


def _segments(feature: str, profile: Profile, disagreeing: Profile) -> Iterator[Segment]:
    # Without a baseline each profile orders its values by their own counts.
    differing = dict(zip(_conditions(disagreeing), disagreeing.bin_counts, strict=True))
    for values, rows in zip(_conditions(profile), profile.bin_counts, strict=True):
        yield Segment(feature, values, rows, differing.get(values, 0))


def _conditions(profile: Profile) -> list[str]:
    """The condition of each bin, in the order of `bin_counts`."""
    if not isinstance(profile, NumericalProfile):
        return [*(f"= {value}" for value in profile.values), "= any other", "is missing"]
    edges = [f"{edge:g}" for edge in profile.edges]
    if not edges:
        return ["is any number", "is missing"]
    between = [f"above {low} to {high}" for low, high in pairwise(edges)]
    return [f"up to {edges[0]}", *between, f"above {edges[-1]}", "is missing"]
