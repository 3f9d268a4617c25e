"""Profiles of columns: what drift is measured by. Pure: an Arrow column in, counts out.

A profile says how many values are missing and how the others are spread: numbers over bins, with
their extremes, mean and standard deviation; everything else over its most frequent values. The
profiles of parts of a table add up to the profile of the whole: its counts do so exactly.

    {"missing": 2, "min": 0.4, "max": 80.0, "mean": 29.9, "std": 14.4,
     "edges": [16.0, 30.0], "counts": [120, 300, 90]}
    {"missing": 0, "values": {"male": 640, "female": 361}, "other": 0}
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.numerical_profile import NumericalProfile, is_number

type Profile = NumericalProfile | CategoricalProfile


def profile_of(column: pa.Array, beside: Profile | None = None) -> Profile | None:
    """The profile of a column, comparable to another one; None where nothing can be told.

    A column that was of the other kind when the other profile was made is told by its own kind.
    """
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return None
    if is_number(column.type):
        return NumericalProfile.of(
            column, beside.edges if isinstance(beside, NumericalProfile) else ()
        )
    return CategoricalProfile.of(
        column, list(beside.values) if isinstance(beside, CategoricalProfile) else None
    )


def profile_from_json(content: Mapping[str, Any]) -> Profile:
    """The profile that somebody wrote down, of either kind.

    Raises:
        KeyError, TypeError, ValueError: when it is none.
    """
    return (
        NumericalProfile.from_json(content)
        if "edges" in content
        else CategoricalProfile.from_json(content)
    )
