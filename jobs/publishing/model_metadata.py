"""Derives the metadata.json of a model from the model and its training rows.

target, key_columns, features   names of columns
signature                       BigQuery types, and which inputs had missing values in training
training_data                   number of rows, and the table if it is known
input_example                   a training row without missing values
baseline                        profiles of the training rows, see jobs/drift/profile.py
metrics, description            as given
author, git, library_versions   see jobs/publishing/provenance.py
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from jobs.dataframes.arrow_types import type_name
from jobs.dataframes.conversion import array_of
from jobs.drift.profile import training_baseline
from jobs.models.description import ModelDescription
from jobs.models.signature import (
    feature_names,
    model_outputs,
    require_supported_labels,
    without_blanks,
)
from shared.errors import InvalidArgument
from shared.registry.signature import OutputColumn

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def training_table(
    frame: pd.DataFrame, model: ModelDescription, given: Mapping[str, Any]
) -> tuple[pa.Table, tuple[str, ...]]:
    """The features of a training frame in BigQuery types, and all feature names in order.

    Columns without any value are left out of the table, because their type is unknown.

    Raises:
        InvalidArgument: when the frame lacks features, or BigQuery has no type for a column.
        FailedPrecondition: when neither the model nor the metadata names the features.
    """
    names = feature_names(model, {"features": _candidates(frame, given), **given})
    blanks = {without_blanks(str(name)): str(name) for name in frame.columns}
    names = tuple(name if name in frame.columns else blanks.get(name, name) for name in names)
    _require_count(names, model)
    if missing := [name for name in names if name not in frame.columns]:
        raise InvalidArgument(
            f"the training frame lacks the features {', '.join(missing)} "
            f"(it has {', '.join(map(str, frame.columns))}): pass the rows that the model was "
            "fitted on",
            reason="MISSING_COLUMNS",
        )
    filled = [name for name in names if frame[name].notna().any()]
    arrays = [array_of(frame[name], None) for name in filled]
    return pa.Table.from_arrays(arrays, names=filled), names


def _candidates(frame: pd.DataFrame, given: Mapping[str, Any]) -> list[str]:
    """The columns that are neither target nor key: the features of a model fitted without names."""
    excluded = {given.get("target"), *given.get("targets", ()), *given.get("key_columns", ())}
    return [str(name) for name in frame.columns if name not in excluded]


def _require_count(names: Sequence[str], model: ModelDescription) -> None:
    count = model.feature_count
    if count not in {None, len(names)}:
        raise InvalidArgument(
            f"the model was fitted on {count} features, and the frame would give it {len(names)} "
            f"({', '.join(names)}): pass its feature columns alone, or name target and key_columns",
            reason="FEATURES_DIFFER",
        )


def metadata_of(
    model: ModelDescription,
    names: Sequence[str],
    training: pa.Table | None,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """The metadata of a model, without empty values.

    Args:
        model: the fitted model.
        names: the names of its features in its order.
        training: the columns of the features, None without training rows.
        given: the publisher's metadata, which takes precedence over derived values.

    Raises:
        FailedPrecondition: when BigQuery has no type for the model's labels.
        InvalidArgument: when a given value cannot be written as JSON.
    """
    require_supported_labels(model)
    derived: dict[str, Any] = {"features": list(names)}
    if training is not None:
        derived |= {
            "training_data": {"rows": training.num_rows},
            "input_example": _example(training),
            "baseline": training_baseline(training),
        }
    derived["signature"] = _signature(model, names, training, {**derived, **given})
    metadata = {name: value for name, value in {**derived, **given}.items() if value not in _EMPTY}
    _require_json(metadata)
    return metadata


def _signature(
    model: ModelDescription,
    names: Sequence[str],
    training: pa.Table | None,
    metadata: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "inputs": [_input(name, training) for name in names],
        "outputs": [_output(column) for column in model_outputs(model, metadata)],
    }


def _output(column: OutputColumn) -> dict[str, Any]:
    declared = column.to_json()
    del declared["inferred"]  # metadata.json declares it from now on
    return declared


def _input(name: str, training: pa.Table | None) -> dict[str, Any]:
    if training is None or name not in training.column_names:
        return {"name": name, "type": None, "nullable": True}
    column = training[name]
    return {"name": name, "type": type_name(column.type), "nullable": column.null_count > 0}


def _example(training: pa.Table) -> dict[str, Any] | None:
    """The first row without missing values, None if JSON would change a value of it."""
    complete = training.drop_null().slice(0, 1).to_pylist()
    row: dict[str, Any] = complete[0] if complete else {}
    has_json_types = all(isinstance(value, bool | int | float | str) for value in row.values())
    is_finite = not any(
        isinstance(value, float) and not math.isfinite(value) for value in row.values()
    )
    return row if row and has_json_types and is_finite else None


def _require_json(metadata: Mapping[str, Any]) -> None:
    for name, value in metadata.items():
        try:
            metadata_text({name: value})
        except (TypeError, ValueError) as error:
            raise InvalidArgument(
                f"JSON cannot hold {name}: {error}", reason="INVALID_METADATA"
            ) from error


def metadata_text(metadata: Mapping[str, Any]) -> str:
    """Metadata as the text of metadata.json; a NaN raises a ValueError."""
    return json.dumps(metadata, indent=2, ensure_ascii=False, allow_nan=False, default=_json_value)


def _json_value(value: Any) -> Any:
    if hasattr(value, "item"):  # a NumPy scalar
        return value.item()
    raise TypeError(f"{value!r:.80} is a {type(value).__name__}")
