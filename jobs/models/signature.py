"""What a model takes and what it gives, as the registry tells it: a JSON object.

    {"inputs": [{"name": "age", "type": "FLOAT", "nullable": true, "inferred": ["nullable"]}, …],
     "n_features": 5,
     "outputs": [{"name": "Survived", "type": "INTEGER", "classes": [0, 1], "inferred": []}]}

Types are BigQuery's, null where nothing tells them. metadata.json's `signature` goes before what
the model and `input_example` tell of the inputs, and after what the model tells of the outputs:
it knows what it predicts. `inferred` names what was found out and not declared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sklearn.utils

from jobs.dataframes.arrow_types import api_name
from jobs.layout import OutputSpec
from jobs.models.estimators import prediction_kinds
from shared.errors import FailedPrecondition

_MANY_CLASSES = 100
_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING"}


def signature(estimator: Any, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The signature of a fitted estimator, told by itself and by its metadata.json."""
    declared = {column["name"]: column for column in declared_columns(metadata, "inputs")}
    inputs = [(each, declared.get(each["name"], {})) for each in _found_inputs(estimator, metadata)]
    found = found_outputs(estimator, metadata)
    said = [*declared_columns(metadata, "outputs"), *[{}] * len(found)]
    return {
        "inputs": [_marked(each, says, told=each | _known(says)) for each, says in inputs],
        "n_features": _count(estimator),
        "outputs": [
            _marked(each, says, told=_known(says) | each)
            for each, says in zip(found, said, strict=False)
        ],
    }


def _marked(
    found: Mapping[str, Any], declared: Mapping[str, Any], told: Mapping[str, Any]
) -> dict[str, Any]:
    """What is told of a column, with the names of what was found out and not declared."""
    apart = {"name", *_known(declared)}
    inferred = [key for key in _known(found) if key not in apart]
    return {**told, "type": api_name(told["type"] or "") or None, "inferred": inferred}


def _known(column: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in column.items() if value is not None}


def declared_columns(metadata: Mapping[str, Any], side: str) -> Sequence[Mapping[str, Any]]:
    """The columns of a side, `inputs` or `outputs`, that metadata.json declares."""
    columns: Sequence[Mapping[str, Any]] = (metadata.get("signature") or {}).get(side) or ()
    return columns


def _found_inputs(estimator: Any, metadata: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Name, type and nullability of each input, as far as the model and the examples tell."""
    rows = example_rows(metadata)
    takes_missing = bool(sklearn.utils.get_tags(estimator).input_tags.allow_nan)
    for name in input_names(estimator, metadata):
        values = [row[name] for row in rows if name in row]
        is_nullable = True if takes_missing or None in values else None
        yield {"name": name, "type": _type_of(values), "nullable": is_nullable}


def _type_of(values: Sequence[Any]) -> str | None:
    types = {_TYPES.get(type(value)) for value in values if value is not None}
    if types == {"INTEGER", "FLOAT"}:
        return "FLOAT"
    return types.pop() if len(types) == 1 else None


def input_names(estimator: Any, metadata: Mapping[str, Any]) -> list[str]:
    """Names of the input columns: the estimator's own, else metadata.json's, else none."""
    own = getattr(estimator, "feature_names_in_", None)
    listed = metadata.get("features") if own is None else own
    return [] if listed is None else [str(name) for name in listed]


def example_rows(metadata: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of `input_example`: one object, or a list of objects."""
    example = metadata.get("input_example")
    rows = example if isinstance(example, list) else [example]
    return [row for row in rows if isinstance(row, dict)]


def _count(estimator: Any) -> int | None:
    count = getattr(estimator, "n_features_in_", None)
    return None if count is None else int(count)


def found_outputs(estimator: Any, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Name and type of each output, and its classes where it has them."""
    wishes = OutputSpec.of((), metadata)
    try:
        kinds = prediction_kinds(estimator, metadata)
    except FailedPrecondition:
        return [{"name": wishes.target, "type": None}]
    if len(wishes.targets) != len(kinds):
        wishes = replace(wishes, targets=())
    names = wishes.names(len(kinds))
    outputs: list[dict[str, Any]] = [
        {"name": n, "type": kind.type} for n, kind in zip(names, kinds, strict=True)
    ]
    for output, classes in zip(outputs, _classes(estimator), strict=False):
        output["classes"] = np.asarray(classes).tolist()[:_MANY_CLASSES]
    return outputs


def _classes(estimator: Any) -> list[Any]:
    """The labels of each output; empty where there are none."""
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list):
        return classes or []
    return [classes]
