"""Profiles of columns, and the baseline that drift is measured against. Pure.

A profile counts the missing values and the distribution of the others: numbers over bins, with
their minimum, maximum, mean and standard deviation; everything else over its most frequent values.
The profiles of parts of a table add up to the profile of the whole table; the counts add up
exactly.

    {"missing": 2, "min": 0.4, "max": 80.0, "mean": 29.9, "std": 14.4,
     "edges": [16.0, 30.0], "counts": [120, 300, 90]}
    {"missing": 0, "values": {"male": 640, "female": 361}, "other": 0}

The baseline is the profile of each feature in the training rows, under `baseline` in
metadata.json:

    {"rows": 981, "features": {"Age": {…}, "Sex": {…}}}
"""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.numerical_profile import NumericalProfile, finite_numbers, is_numerical

log = logging.getLogger(__name__)

# A population stability index is usually taken over ten bins of equal share.
_QUANTILES = np.linspace(0.1, 0.9, 9)

type Profile = NumericalProfile | CategoricalProfile
type Baseline = Mapping[str, Profile]


def profile_of(column: pa.Array, baseline: Profile | None = None) -> Profile | None:
    """The profile of a column, over the bins or values of its baseline.

    The column's type decides between a numerical and a categorical profile; a baseline of the
    other class is ignored. None for types without a profile: lists, structs and bytes.
    """
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return None
    if is_numerical(column.type):
        return NumericalProfile.of(
            column, baseline.edges if isinstance(baseline, NumericalProfile) else ()
        )
    return CategoricalProfile.of(
        column, list(baseline.values) if isinstance(baseline, CategoricalProfile) else None
    )


def profile_from_json(content: Mapping[str, Any]) -> Profile:
    """The profile that `to_json` of either class wrote.

    Raises:
        KeyError, TypeError, ValueError: when the content is not a profile.
    """
    return (
        NumericalProfile.from_json(content)
        if "edges" in content
        else CategoricalProfile.from_json(content)
    )


def training_baseline(training: pa.Table) -> dict[str, Any]:
    """The baseline of the features in a training table, as metadata.json holds it."""
    profiles = {name: _quantile_profile(training[name]) for name in training.column_names}
    return {
        "rows": training.num_rows,
        "features": {name: each.to_json() for name, each in profiles.items() if each},
    }


def _quantile_profile(column: pa.ChunkedArray) -> Profile | None:
    array = column.combine_chunks()
    if not is_numerical(array.type):
        return profile_of(array)
    values = finite_numbers(array)
    edges = np.unique(np.quantile(values, _QUANTILES)) if len(values) else ()
    return NumericalProfile.of(array, tuple(map(float, edges)))


def baseline_from_metadata(metadata: Mapping[str, Any]) -> Baseline:
    """The baseline in metadata.json; an invalid profile is logged and left out."""
    content = metadata.get("baseline")
    features = content.get("features") if isinstance(content, Mapping) else None
    profiles: dict[str, Profile] = {}
    for name, profile in features.items() if isinstance(features, Mapping) else ():
        try:
            profiles[name] = profile_from_json(profile)
        except (KeyError, TypeError, ValueError) as error:
            log.warning("the baseline of %s in metadata.json is no profile: %r", name, error)
    return profiles
