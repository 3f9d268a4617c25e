"""The signature of a fitted estimator: what it takes and returns, from itself and metadata.json.

For inputs, metadata.json's `signature` overrides what the estimator and `input_example` show. For
outputs, the estimator overrides metadata.json: it knows what it predicts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sklearn.utils

from jobs.dataframes.arrow_types import api_name
from jobs.models.estimators import input_names, prediction_kinds
from shared.errors import FailedPrecondition
from shared.registry.signature import (
    INPUT_ATTRIBUTES,
    OUTPUT_ATTRIBUTES,
    InputColumn,
    ModelSignature,
    OutputColumn,
    further_attributes,
)
from shared.tables.output_schema import OutputSpec

_MOST_CLASSES = 100
_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING"}


def model_signature(estimator: Any, metadata: Mapping[str, Any]) -> ModelSignature:
    """The signature of a fitted estimator with its metadata.json."""
    declared = {column["name"]: column for column in declared_columns(metadata, "inputs")}
    outputs = estimator_outputs(estimator, metadata)
    declared_outputs = [*declared_columns(metadata, "outputs"), *[{}] * len(outputs)]
    return ModelSignature(
        inputs=tuple(
            _input(column, declared.get(column.name, {}))
            for column in _estimator_inputs(estimator, metadata)
        ),
        outputs=tuple(map(_output, outputs, declared_outputs)),
        n_features=_feature_count(estimator),
    )


def declared_columns(metadata: Mapping[str, Any], side: str) -> Sequence[Mapping[str, Any]]:
    """The columns of a side, `inputs` or `outputs`, that metadata.json declares."""
    columns: Sequence[Mapping[str, Any]] = (metadata.get("signature") or {}).get(side) or ()
    return columns


def _input(found: InputColumn, declared: Mapping[str, Any]) -> InputColumn:
    kind, nullable = declared.get("type"), declared.get("nullable")
    return InputColumn(
        name=found.name,
        type=api_name(kind or found.type or "") or None,
        nullable=found.nullable if nullable is None else nullable,
        inferred=_inferred(found, declared, "type", "nullable"),
        further=further_attributes(declared, INPUT_ATTRIBUTES),
    )


def _output(found: OutputColumn, declared: Mapping[str, Any]) -> OutputColumn:
    return replace(
        found,
        inferred=_inferred(found, declared, "type", "classes"),
        further=further_attributes(declared, OUTPUT_ATTRIBUTES),
    )


def _inferred(
    found: InputColumn | OutputColumn, declared: Mapping[str, Any], *attributes: str
) -> tuple[str, ...]:
    return tuple(
        name
        for name in attributes
        if getattr(found, name) is not None and declared.get(name) is None
    )


def _estimator_inputs(estimator: Any, metadata: Mapping[str, Any]) -> Iterator[InputColumn]:
    """Name, type and nullability of each input, as far as estimator and examples show them."""
    rows = example_rows(metadata)
    takes_missing = bool(sklearn.utils.get_tags(estimator).input_tags.allow_nan)
    for name in input_names(estimator, metadata):
        values = [row[name] for row in rows if name in row]
        is_nullable = True if takes_missing or None in values else None
        yield InputColumn(name, _type_of(values), is_nullable)


def _type_of(values: Sequence[Any]) -> str | None:
    types = {_TYPES.get(type(value)) for value in values if value is not None}
    if types == {"INTEGER", "FLOAT"}:
        return "FLOAT"
    return types.pop() if len(types) == 1 else None


def example_rows(metadata: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of `input_example`: one object, or a list of objects."""
    example = metadata.get("input_example")
    rows = example if isinstance(example, list) else [example]
    return [row for row in rows if isinstance(row, dict)]


def _feature_count(estimator: Any) -> int | None:
    count = getattr(estimator, "n_features_in_", None)
    return None if count is None else int(count)


def estimator_outputs(estimator: Any, metadata: Mapping[str, Any]) -> list[OutputColumn]:
    """Name and type of each output, and its classes where it has them."""
    spec = OutputSpec.of((), metadata)
    try:
        kinds = prediction_kinds(estimator, metadata)
    except FailedPrecondition:
        return [OutputColumn(spec.target)]
    if len(spec.targets) != len(kinds):
        spec = replace(spec, targets=())
    outputs = [
        OutputColumn(name, kind.type)
        for name, kind in zip(spec.names(len(kinds)), kinds, strict=True)
    ]
    if not kinds[0].with_probability:
        return outputs
    return [
        replace(output, classes=tuple(np.asarray(classes).tolist()[:_MOST_CLASSES]))
        for output, classes in zip(outputs, _classes(estimator), strict=True)
    ]


def _classes(estimator: Any) -> list[Any]:
    """The labels of each output of a classifier."""
    classes = estimator.classes_
    return classes if isinstance(classes, list) else [classes]
