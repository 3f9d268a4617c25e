"""The baseline of a model: the profile of what it was trained on, and its bins. Pure.

{"rows": 981, "features": {"Age": {…}, "Sex": {…}}}
"""

from typing import Any

import numpy as np
import pyarrow as pa

from jobs.drift.numerical_profile import NumericalProfile, finite_numbers, is_number
from jobs.drift.profile import Profile, profile_of

# Ten bins of equal share are what a population stability index is usually taken over.
_QUANTILES = np.linspace(0.1, 0.9, 9)


def baseline(training: pa.Table) -> dict[str, Any]:
    """The baseline of the features in a training table, as metadata.json holds it."""
    profiles = {name: _profile(training[name]) for name in training.column_names}
    return {
        "rows": training.num_rows,
        "features": {name: each.to_json() for name, each in profiles.items() if each},
    }


def _profile(column: pa.ChunkedArray) -> Profile | None:
    whole = column.combine_chunks()
    if not is_number(whole.type):
        return profile_of(whole)
    values = finite_numbers(whole)
    edges = np.unique(np.quantile(values, _QUANTILES)) if len(values) else ()
    return NumericalProfile.of(whole, tuple(map(float, edges)))
