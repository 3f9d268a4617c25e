"""Bar charts of a run's input beside the training rows, one for each feature. Pure.

The data come from `outcome.json` and `metadata.json`. Anybody can write the latter, so whatever is
not a profile is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_WIDTH, _HEIGHT = 240, 56  # units of the SVG's viewBox
_GAP_SHARE = 0.15
_INNER_SHARE = 0.5
# Siddiqi, Credit Risk Scorecards (2006)
_SLIGHT_PSI, _LARGE_PSI = 0.1, 0.25
# Bins that a profile has only when they are not empty.
_OPTIONAL_BINS = _OTHERS, _MISSING = ("others", "missing")

type Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one bin: the run's share of rows, drawn over that of the training rows.

    Attributes:
        x, width: of the training rows' bar, in units of the chart.
        inner_x, inner_width: of the run's bar.
        height: of the run's bar.
        baseline_height: of the training rows' bar, None without a baseline.
    """

    label: str
    description: str
    x: float
    width: float
    inner_x: float
    inner_width: float
    height: float
    baseline_height: float | None


@dataclass(frozen=True, slots=True)
class FeatureChart:
    """The chart of one feature.

    Attributes:
        psi: population stability index, None without a baseline.
        severity: idle, good, warn or bad, as the template's badges.
        first, last: the labels at the ends of the axis.
    """

    name: str
    psi: float | None
    severity: str
    verdict: str
    description: str
    bars: tuple[Bar, ...]
    first: str
    last: str


def feature_charts(
    outcome: Mapping[str, Any], metadata: Mapping[str, Any] | None
) -> list[FeatureChart]:
    """The charts of a run's features, the largest drift first.

    Args:
        outcome: the run's outcome.json, with `input_profile` and `drift`.
        metadata: the model's metadata.json, with the `baseline` of the training rows.
    """
    profile, drift = _mapping(outcome, "input_profile", "features"), _mapping(outcome, "drift")
    baseline = _mapping(metadata, "baseline", "features")
    charts = (_chart(name, profile[name], baseline.get(name), drift) for name in profile)
    return sorted(filter(None, charts), key=lambda each: -(each.psi or 0))


def _mapping(content: Any, *names: str) -> Mapping[str, Any]:
    """The mapping at a path of names, {} when there is none."""
    for name in names:
        content = content.get(name) if isinstance(content, Mapping) else None
    return content if isinstance(content, Mapping) else {}


def _chart(name: str, profile: Any, baseline: Any, drift: Mapping[str, Any]) -> FeatureChart | None:
    if not (run := _shares(profile)):
        return None
    run, training = _with_same_bins(run, _shares(baseline))
    psi = _mapping(drift, "features").get(name)
    if psi is None or training is None:
        training = psi = None
    severity, verdict = _verdict(psi, has_drifted=name in (drift.get("drifted") or ()))
    bars = tuple(_bars(run, training))
    labels = list(run)
    description = "; ".join(f"{bar.label} {bar.description}" for bar in bars)
    return FeatureChart(name, psi, severity, verdict, description, bars, labels[0], labels[-1])


def _with_same_bins(run: Shares, training: Shares | None) -> tuple[Shares, Shares | None]:
    """Both over the same bins in the same order; the run's alone where the bins differ."""
    bins = [
        *run,
        *(name for name in _OPTIONAL_BINS if name in (training or ()) and name not in run),
    ]
    bins.sort(key=lambda name: _OPTIONAL_BINS.index(name) if name in _OPTIONAL_BINS else -1)
    if training is None or set(training) - set(bins):
        return run, None
    if set(bins) - set(training) - set(_OPTIONAL_BINS):
        return run, None
    return {name: run.get(name, 0) for name in bins}, {name: training.get(name, 0) for name in bins}


def _verdict(psi: float | None, *, has_drifted: bool) -> tuple[str, str]:
    if psi is None:
        return "idle", "No baseline"
    if has_drifted:
        return "bad", "Drifted"
    if psi > _LARGE_PSI:
        return "warn", "Too few rows to tell"
    return ("warn", "Shifted") if psi > _SLIGHT_PSI else ("good", "As in training")


def _shares(profile: Any) -> Shares | None:
    """The share of rows in each bin; None when this is not a profile, or one of no rows."""
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


def _bars(run: Shares, training: Shares | None) -> Iterator[Bar]:
    step = _WIDTH / len(run)
    width = step * (1 - _GAP_SHARE)
    inner = width * _INNER_SHARE if training else width
    highest = max(*run.values(), *(training or run).values())
    for index, (label, share) in enumerate(run.items()):
        x = index * step + (step - width) / 2
        baseline = training[label] if training else None
        description = f"{share:.1%}" + ("" if baseline is None else f", in training {baseline:.1%}")
        yield Bar(
            label,
            description,
            round(x, 2),
            round(width, 2),
            round(x + (width - inner) / 2, 2),
            round(inner, 2),
            round(share / highest * _HEIGHT, 2),
            None if baseline is None else round(baseline / highest * _HEIGHT, 2),
        )
