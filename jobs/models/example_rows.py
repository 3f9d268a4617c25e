"""Rows to ask a model that comes without rows of its own. Pure.

Nothing is known of the model's data but what its signature, its encoders, metadata.json's
`input_example` and `baseline` show. So there are several guesses; a model that answers one of them
has answered.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from jobs.dataframes.arrow_types import ARROW_TYPES
from jobs.drift.categorical_profile import CategoricalProfile
from jobs.drift.profile import baseline_from_metadata
from jobs.models.description import ModelDescription
from jobs.models.signature import example_rows, input_names
from shared.registry.signature import ModelSignature

_TEXT = "a"
_MOMENTS = frozenset({"DATE", "DATETIME", "TIMESTAMP"})


def guesses(
    model: ModelDescription, signature: ModelSignature, metadata: Mapping[str, Any]
) -> Iterator[pa.RecordBatch]:
    """Batches of one or two rows, the best guess first; shape (rows, features)."""
    names = input_names(model, metadata) or _numbered(model)
    if names:
        types = {column.name: column.type for column in signature.inputs}
        for values in _values(model, metadata, names, types):
            if (batch := _batch(values, types)) is not None:
                yield batch


def _numbered(model: ModelDescription) -> list[str]:
    """Names for the columns of a model that was fitted on an array."""
    return [f"column_{number}" for number in range(1, (model.feature_count or 0) + 1)]


def _values(
    model: ModelDescription,
    metadata: Mapping[str, Any],
    names: list[str],
    types: Mapping[str, str | None],
) -> Iterator[dict[str, Any]]:
    for row in example_rows(metadata)[:1]:
        if all(name in row for name in names):
            yield {name: row[name] for name in names}
    known = {**_seen(metadata), **model.known_values}
    for other in (0.0, 1.0, _TEXT):
        yield {name: _guess(name, known, types, other) for name in names}


def _seen(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """For each categorical feature of the baseline, the category that was seen most often."""
    profiles = baseline_from_metadata(metadata).items()
    return {
        name: max(profile.values, key=lambda each: profile.values[each])
        for name, profile in profiles
        if isinstance(profile, CategoricalProfile) and profile.values
    }


def _guess(name: str, known: Mapping[str, Any], types: Mapping[str, str | None], other: Any) -> Any:
    if name in known:
        return known[name]
    kind = types.get(name)
    if kind in _MOMENTS:
        return 0
    if kind == "STRING":
        return _TEXT
    return 0.0 if kind and other == _TEXT else other


def _batch(values: Mapping[str, Any], types: Mapping[str, str | None]) -> pa.RecordBatch | None:
    arrays = []
    for name, value in values.items():
        wanted = ARROW_TYPES.get(types.get(name) or "")
        try:
            arrays.append(_array(value, wanted))
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            return None
    return pa.RecordBatch.from_arrays(arrays, names=list(values))


def _array(value: Any, wanted: pa.DataType | None) -> pa.Array:
    if isinstance(value, bool | int | float) and wanted is None:
        return pa.array([float(value)] if not isinstance(value, bool) else [value])
    try:
        return pa.array([value], wanted)
    except (pa.ArrowException, TypeError, ValueError):
        # A value that the model knows counts more than a type that an example suggests.
        return pa.array([value])
