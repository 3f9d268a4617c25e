"""The population stability index of each feature: how far an input is from its baseline. Pure.

    PSI = Σ (a - e) · ln(a / e)

over the bins of a feature, where `e` is a bin's share of the training rows and `a` its share of the
scored rows; missing values are a bin of their own. Below 0.1 the distribution has not changed,
above 0.25 it has changed much: Siddiqi, Credit Risk Scorecards (2006). A small input differs from
its baseline by chance: for n scored and m training rows of the same distribution, PSI / (1/n + 1/m)
is χ²-distributed with one degree of freedom less than there are bins: Yurdakul, Statistical
Properties of Population Stability Index (2018). So a feature has drifted when its index is both
above the threshold and statistically significant.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.chi_squared import chi_squared_quantile
from jobs.drift.input_profile import InputProfile
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import Baseline, Profile

THRESHOLD = 0.25

# The probability that a run without drift is reported as drifted, over all its features.
_SIGNIFICANCE = 0.001
# Replaces a count of zero, which would make the index infinite.
_EMPTY_BIN_COUNT = 0.5


def drift(baseline: Baseline, profile: InputProfile) -> dict[str, Any] | None:
    """The drift of an input as `prediction_runs` holds it, None where no feature is comparable.

    {"threshold": 0.25, "drifted": ["Age"], "features": {"Age": 0.41, "Sex": 0.003}}
    """
    pairs = {
        name: (baseline[name], profile.features[name])
        for name in profile.features
        if name in baseline and _are_comparable(baseline[name], profile.features[name])
    }
    if not pairs or not profile.rows:
        return None
    indices = {name: psi(*pair) for name, pair in pairs.items()}
    # The features share the probability of a false alarm (Bonferroni's correction).
    significance = _SIGNIFICANCE / len(pairs)
    drifted = [
        name
        for name, index in indices.items()
        if index > max(THRESHOLD, critical_psi(*pairs[name], significance=significance))
    ]
    return {
        "threshold": THRESHOLD,
        "drifted": drifted,
        "features": {name: round(index, 6) for name, index in indices.items()},
    }


def _are_comparable(expected: Profile, actual: Profile) -> bool:
    match expected, actual:
        case NumericalProfile(), NumericalProfile():
            same = actual.edges == expected.edges
        case CategoricalProfile(), CategoricalProfile():
            same = list(actual.values) == list(expected.values)
        case _:
            same = False
    return same and sum(expected.bin_counts) > 0 and sum(actual.bin_counts) > 0


def psi(expected: Profile, actual: Profile) -> float:
    """The population stability index of a feature, from two profiles over the same bins."""
    e, a = (counts / counts.sum() for counts in _counts(expected, actual))
    return float(((a - e) * np.log(a / e)).sum())


def _counts(*profiles: Profile) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The counts of the bins that are not empty in all profiles; shape (profiles, bins)."""
    counts = np.array([profile.bin_counts for profile in profiles], dtype=np.float64)
    used: np.ndarray[Any, np.dtype[np.float64]] = counts[:, counts.any(axis=0)]
    return np.where(used == 0, _EMPTY_BIN_COUNT, used)


def critical_psi(expected: Profile, actual: Profile, *, significance: float) -> float:
    """The index that inputs of this size exceed with this probability when nothing has changed."""
    counts = _counts(expected, actual)
    quantile = chi_squared_quantile(max(counts.shape[1] - 1, 1), significance)
    return quantile * float((1 / counts.sum(axis=1)).sum())


def drift_warning(found: Mapping[str, Any]) -> str:
    """The warning of a run whose `drift` names drifted features."""
    indices = found["features"]
    drifted = ", ".join(f"{name} (PSI {indices[name]:.2f})" for name in found["drifted"])
    return f"the input has drifted from the training rows: {drifted}"
