"""How far an input is from its baseline: the population stability index of each feature. Pure.

    PSI = Σ (a - e) · ln(a / e)

over the bins of a feature, `e` and `a` being a bin's share of the training rows and of the rows
that were scored; what is missing is a bin of its own. Below 0.1 nothing has changed, above 0.25
much has: Siddiqi, Credit Risk Scorecards (2006). Few rows differ from a baseline by chance: of n
rows beside m of the baseline, without any drift, PSI / (1/n + 1/m) is distributed as χ² with a
degree of freedom less than there are bins: Yurdakul, Statistical Properties of Population Stability
Index (2018). So a feature has drifted when its index is both large and no accident.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import chdtri  # type: ignore[import-untyped]  # it ships no type information

from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.input_profile import Baseline, InputProfile
from jobs.drift.numerical_profile import NumericalProfile
from jobs.drift.profile import Profile

THRESHOLD = 0.25

# The chance that a run is said to have drifted although it has not.
_FALSE_ALARMS = 0.001
# A count of zero would make the index infinite, so it is taken for this.
_HALF = 0.5


def drift(baseline: Baseline, profile: InputProfile) -> dict[str, Any] | None:
    """The drift of an input as `prediction_runs` holds it, None where there is nothing to compare.

    {"threshold": 0.25, "drifted": ["Age"], "features": {"Age": 0.41, "Sex": 0.003}}
    """
    both = {
        name: (baseline[name], profile.features[name])
        for name in profile.features
        if name in baseline and _are_comparable(baseline[name], profile.features[name])
    }
    if not both or not profile.rows:
        return None
    indices = {name: psi(*pair) for name, pair in both.items()}
    drifted = [
        name
        for name, index in indices.items()
        if index > max(THRESHOLD, psi_by_chance(*both[name], chance=_FALSE_ALARMS / len(both)))
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
    return same and sum(expected.shares) > 0 and sum(actual.shares) > 0


def psi(expected: Profile, actual: Profile) -> float:
    """The population stability index of a feature, from two profiles over the same bins."""
    before, now = (each / each.sum() for each in _counts(expected, actual))
    return float(((now - before) * np.log(now / before)).sum())


def _counts(*profiles: Profile) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The counts of the bins that any of the profiles uses; shape (profiles, bins)."""
    counts = np.array([profile.shares for profile in profiles], dtype=np.float64)
    used: np.ndarray[Any, np.dtype[np.float64]] = counts[:, counts.any(axis=0)]
    return np.where(used == 0, _HALF, used)


def psi_by_chance(expected: Profile, actual: Profile, *, chance: float) -> float:
    """The index that as many rows exceed with this chance although nothing has changed."""
    counts = _counts(expected, actual)
    quantile = float(chdtri(max(counts.shape[1] - 1, 1), chance))
    return quantile * float((1 / counts.sum(axis=1)).sum())


def warning(drift_found: Mapping[str, Any]) -> str:
    """A sentence about the features that have drifted."""
    features = drift_found["features"]
    words = ", ".join(f"{name} (PSI {features[name]:.2f})" for name in drift_found["drifted"])
    return f"the input has drifted from the training rows: {words}"
