"""What metadata.json says of a model that is published: found out, so that nobody has to write it.

target, key_columns, features   names of columns
signature                       types of BigQuery, and which inputs were missing in training
training_data                   how many rows, and the table where it is known
input_example                   a training row without gaps
baseline                        how the features were spread in training, see jobs/drift/profile.py
metrics, description            as they were given
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
from jobs.models.estimators import feature_names, prediction_kinds
from jobs.models.signature import found_outputs
from shared.errors import InvalidArgument

_NOTHING: tuple[Any, ...] = (None, "", [], {})


def training_table(
    frame: pd.DataFrame, estimator: Any, given: Mapping[str, Any]
) -> tuple[pa.Table, tuple[str, ...]]:
    """The features of a training frame, in the types of BigQuery, and their names in order.

    Raises:
        InvalidArgument: when the frame lacks features, or holds what BigQuery has no type for.
        FailedPrecondition: when neither the model nor the metadata names the features.
    """
    names = feature_names(estimator, {"features": _others(frame, given), **given})
    _require_count(names, estimator)
    if missing := [name for name in names if name not in frame.columns]:
        raise InvalidArgument(
            f"the training frame lacks the features {', '.join(missing)} "
            f"(it has {', '.join(map(str, frame.columns))}): pass the rows that the model was "
            "fitted on",
            reason="MISSING_COLUMNS",
        )
    # A column without a value tells no type, and has no spread.
    told = [name for name in names if frame[name].notna().any()]
    arrays = [array_of(frame[name], None) for name in told]
    return pa.Table.from_arrays(arrays, names=told), names


def _others(frame: pd.DataFrame, given: Mapping[str, Any]) -> list[str]:
    """Names of the columns that the model may have seen, if it was fitted without names."""
    apart = {given.get("target"), *given.get("targets", ()), *given.get("key_columns", ())}
    return [str(name) for name in frame.columns if name not in apart]


def _require_count(names: Sequence[str], estimator: Any) -> None:
    count = getattr(estimator, "n_features_in_", None)
    if count not in {None, len(names)}:
        raise InvalidArgument(
            f"the model was fitted on {count} features, and the frame would give it {len(names)} "
            f"({', '.join(names)}): pass its feature columns alone, or name target and key_columns",
            reason="FEATURES_DIFFER",
        )


def described(
    estimator: Any, names: Sequence[str], training: pa.Table | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The metadata of a model: what was given, and what model and training rows tell.

    `names` are the model's features in its order, `training` holds their columns, if anybody has
    the training rows. What was given goes before whatever is found out.

    Raises:
        FailedPrecondition: when the model predicts labels that have no type in BigQuery.
        InvalidArgument: when JSON cannot hold what was given.
    """
    prediction_kinds(estimator, given)
    found: dict[str, Any] = {"features": list(names)}
    if training is not None:
        found |= {
            "training_data": {"rows": training.num_rows},
            "input_example": _example(training),
            "baseline": training_baseline(training),
        }
    found["signature"] = _signature(estimator, names, training, {**found, **given})
    said = {name: value for name, value in {**found, **given}.items() if value not in _NOTHING}
    _require_json(said)
    return said


def _signature(
    estimator: Any, names: Sequence[str], training: pa.Table | None, metadata: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "inputs": [_input(name, training) for name in names],
        "outputs": found_outputs(estimator, metadata),
    }


def _input(name: str, training: pa.Table | None) -> dict[str, Any]:
    if training is None or name not in training.column_names:
        return {"name": name, "type": None, "nullable": True}
    column = training[name]
    return {"name": name, "type": type_name(column.type), "nullable": column.null_count > 0}


def _example(training: pa.Table) -> dict[str, Any] | None:
    """The first row without a gap, if JSON can hold it as it is."""
    complete = training.drop_null().slice(0, 1).to_pylist()
    row: dict[str, Any] = complete[0] if complete else {}
    plain = all(isinstance(value, bool | int | float | str) for value in row.values())
    finite = not any(
        isinstance(value, float) and not math.isfinite(value) for value in row.values()
    )
    return row if row and plain and finite else None


def _require_json(metadata: Mapping[str, Any]) -> None:
    for name, value in metadata.items():
        try:
            metadata_text({name: value})
        except (TypeError, ValueError) as error:
            raise InvalidArgument(
                f"JSON cannot hold {name}: {error}", reason="INVALID_METADATA"
            ) from error


def metadata_text(metadata: Mapping[str, Any]) -> str:
    """metadata.json."""
    return json.dumps(metadata, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):  # a scalar of NumPy
        return value.item()
    raise TypeError(f"{value!r:.80} is a {type(value).__name__}")
