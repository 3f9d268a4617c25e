"""How a run's input is spread beside the rows that its model was trained on, as bars. Pure.

What is drawn comes from `outcome.json` and `metadata.json`. The latter was written by anybody, so
whatever is not a profile is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_WIDTH, _HEIGHT = 240, 56  # units of the picture; it is stretched to its place
_GAP_SHARE = 0.15
_INNER_SHARE = 0.5
# Siddiqi, Credit Risk Scorecards (2006)
_SLIGHT, _MUCH = 0.1, 0.25
# Bins that are there when somebody is in them.
_RESTS = _OTHERS, _MISSING = ("others", "missing")

type Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class ProgressBar:
    """A bin of a feature: its share of this run's rows, before that of the training rows."""

    label: str
    words: str
    x: float
    width: float
    inner_x: float
    inner_width: float
    now: float
    before: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A feature.

    Attributes:
        index: its population stability index, None without a baseline.
        kind: what kind of mark the verdict gets.
        first, last: what the ends of the axis stand for.
    """

    name: str
    index: float | None
    kind: str
    verdict: str
    sentence: str
    bars: tuple[ProgressBar, ...]
    first: str
    last: str


def pictures(outcome: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> list[Picture]:
    """The features of a run, those that changed most first."""
    profile, drift = _at(outcome, "input_profile", "features"), _at(outcome, "drift")
    baseline = _at(metadata, "baseline", "features")
    drawn = (_picture(name, profile[name], baseline.get(name), drift) for name in profile)
    return sorted(filter(None, drawn), key=lambda each: -(each.index or 0))


def _at(content: Any, *names: str) -> Mapping[str, Any]:
    for name in names:
        content = content.get(name) if isinstance(content, Mapping) else None
    return content if isinstance(content, Mapping) else {}


def _picture(name: str, profile: Any, baseline: Any, drift: Mapping[str, Any]) -> Picture | None:
    if not (now := _shares(profile)):
        return None
    before = _shares(baseline)
    index = _at(drift, "features").get(name)
    now, before = _side_by_side(now, before)
    if index is None or before is None:
        before = index = None
    kind, verdict = _verdict(index, has_drifted=name in (drift.get("drifted") or ()))
    bars = tuple(_bars(now, before))
    labels = list(now)
    sentence = "; ".join(f"{bar.label} {bar.words}" for bar in bars)
    return Picture(name, index, kind, verdict, sentence, bars, labels[0], labels[-1])


def _side_by_side(now: Shares, before: Shares | None) -> tuple[Shares, Shares | None]:
    """Both over the same bins, in the same order; without the training rows where they differ."""
    bins = [*now, *(name for name in _RESTS if name in (before or ()) and name not in now)]
    bins.sort(key=lambda name: _RESTS.index(name) if name in _RESTS else -1)
    if before is None or set(before) - set(bins) or set(bins) - set(before) - set(_RESTS):
        return now, None
    return {name: now.get(name, 0) for name in bins}, {name: before.get(name, 0) for name in bins}


def _verdict(index: float | None, *, has_drifted: bool) -> tuple[str, str]:
    if index is None:
        return "idle", "No baseline"
    if has_drifted:
        return "bad", "Drifted"
    if index > _MUCH:
        return "warn", "Too few rows to tell"
    return ("warn", "Shifted") if index > _SLIGHT else ("good", "As in training")


def _shares(profile: Any) -> Shares | None:
    """The share of each bin; None when that is no profile, or one of no rows."""
    try:
        counts = dict(_counts(profile))
        total = sum(counts.values())
        return {label: count / total for label, count in counts.items()} if total > 0 else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _counts(profile: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if "edges" in profile:
        yield from zip(_intervals(profile["edges"]), profile["counts"], strict=True)
    else:
        yield from profile["values"].items()
        if profile.get("other"):
            yield _OTHERS, profile["other"]
    if profile.get("missing"):
        yield _MISSING, profile["missing"]


def _intervals(edges: Sequence[float]) -> list[str]:
    if not edges:
        return ["any value"]
    texts = [f"{edge:,.4g}" for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(texts)]
    return [f"up to {texts[0]}", *between, f"above {texts[-1]}"]


def _bars(now: Shares, before: Shares | None) -> Iterator[ProgressBar]:
    step = _WIDTH / len(now)
    width = step * (1 - _GAP_SHARE)
    inner = width * _INNER_SHARE if before else width
    highest = max(*now.values(), *(before or now).values())
    for place, (label, share) in enumerate(now.items()):
        x = place * step + (step - width) / 2
        beside = before[label] if before else None
        words = f"{share:.1%}" + ("" if beside is None else f", in training {beside:.1%}")
        yield ProgressBar(
            label,
            words,
            round(x, 2),
            round(width, 2),
            round(x + (width - inner) / 2, 2),
            round(inner, 2),
            round(share / highest * _HEIGHT, 2),
            None if beside is None else round(beside / highest * _HEIGHT, 2),
        )
