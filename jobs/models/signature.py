"""The signature of a model: what it takes and returns, from itself and metadata.json. Pure.

For inputs, metadata.json's `signature` overrides what the model and `input_example` show. For
outputs, the model overrides metadata.json: it knows what it predicts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jobs.dataframes.arrow_types import api_name
from jobs.models.description import Labels, ModelDescription
from shared.errors import FailedPrecondition
from shared.registry.signature import (
    INPUT_ATTRIBUTES,
    OUTPUT_ATTRIBUTES,
    InputColumn,
    ModelSignature,
    OutputColumn,
    further_attributes,
)
from shared.tables.feature_columns import features_unknown
from shared.tables.output_schema import OutputSpec

# Each is looked at for each feature, and metadata.json can hold 300,000 empty ones.
_MOST_EXAMPLES = 100
_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING"}


def input_names(model: ModelDescription, metadata: Mapping[str, Any]) -> list[str]:
    """Names of the input columns: the model's own, else metadata.json's, else none.

    LightGBM writes an underscore for each blank; metadata.json has the name as it was.
    """
    listed = [str(name) for name in metadata.get("features") or ()]
    own = model.features
    if own is None or [without_blanks(name) for name in listed] == list(own):
        return listed
    return list(own)


def without_blanks(name: str) -> str:
    """The name that LightGBM gives to a feature."""
    return name.replace(" ", "_")


def feature_names(model: ModelDescription, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the model's input columns, in its order.

    Raises:
        FailedPrecondition: when neither the model nor metadata.json names them.
    """
    if not (names := input_names(model, metadata)):
        raise features_unknown()
    return tuple(names)


def model_signature(model: ModelDescription, metadata: Mapping[str, Any]) -> ModelSignature:
    """The signature of a model with its metadata.json."""
    declared = {column["name"]: column for column in declared_columns(metadata, "inputs")}
    columns = metadata.get("columns") or {}
    outputs = model_outputs(model, metadata)
    declared_outputs = [*declared_columns(metadata, "outputs"), *[{}] * len(outputs)]
    return ModelSignature(
        inputs=tuple(
            _input(column, declared.get(column.name, {}), columns.get(column.name))
            for column in _model_inputs(model, metadata)
        ),
        outputs=tuple(map(_output, outputs, declared_outputs)),
        n_features=model.feature_count,
    )


def declared_columns(metadata: Mapping[str, Any], side: str) -> Sequence[Mapping[str, Any]]:
    """The columns of a side, `inputs` or `outputs`, that metadata.json declares."""
    columns: Sequence[Mapping[str, Any]] = (metadata.get("signature") or {}).get(side) or ()
    return columns


def _input(found: InputColumn, declared: Mapping[str, Any], column: str | None) -> InputColumn:
    kind, nullable = declared.get("type"), declared.get("nullable")
    return InputColumn(
        name=found.name,
        type=api_name(kind or found.type or "") or None,
        nullable=found.nullable if nullable is None else nullable,
        inferred=_inferred(found, declared, "type", "nullable"),
        further=further_attributes(declared, INPUT_ATTRIBUTES),
        column=column,
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


def _model_inputs(model: ModelDescription, metadata: Mapping[str, Any]) -> Iterator[InputColumn]:
    """Name, type and nullability of each input, as far as model and examples show them."""
    rows = example_rows(metadata)
    for name in input_names(model, metadata):
        values = [row[name] for row in rows if name in row]
        is_nullable = True if model.takes_missing or None in values else None
        kind = "STRING" if model.takes == "texts" else _type_of(values)
        yield InputColumn(name, kind, is_nullable)


def _type_of(values: Sequence[Any]) -> str | None:
    types = {_TYPES.get(type(value)) for value in values if value is not None}
    if types == {"INTEGER", "FLOAT"}:
        return "FLOAT"
    return types.pop() if len(types) == 1 else None


def example_rows(metadata: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The first rows of `input_example`: one object, or a list of objects."""
    example = metadata.get("input_example")
    rows = example[:_MOST_EXAMPLES] if isinstance(example, list) else [example]
    return [row for row in rows if isinstance(row, dict)]


def model_outputs(model: ModelDescription, metadata: Mapping[str, Any]) -> list[OutputColumn]:
    """Name and type of each output, and its classes where it has them.

    Some regressors do not say how many outputs they have; "targets" in metadata.json does.
    """
    spec = OutputSpec.of((), metadata)
    if unsupported_labels(model):
        return [OutputColumn(spec.target)]
    columns = _unnamed_outputs(model, len(spec.targets))
    if len(spec.targets) != len(columns):
        spec = replace(spec, targets=())
    names = spec.names(len(columns))
    return [replace(column, name=name) for name, column in zip(names, columns, strict=True)]


def _unnamed_outputs(model: ModelDescription, targets: int) -> list[OutputColumn]:
    if model.outputs is not None:
        return [OutputColumn("", each.type, each.classes) for each in model.outputs]
    if model.is_labelling:
        return [OutputColumn("", "INTEGER")]
    return [OutputColumn("", "FLOAT")] * (targets or model.output_count or 1)


def unsupported_labels(model: ModelDescription) -> Labels | None:
    """The labels that have no type in BigQuery, None when all have one."""
    return next((each for each in model.outputs or () if each.type is None), None)


def require_supported_labels(model: ModelDescription) -> None:
    """Require labels that BigQuery has a type for.

    Raises:
        FailedPrecondition: when it has none.
    """
    if labels := unsupported_labels(model):
        raise FailedPrecondition(
            f"the model's labels ({labels.dtype}) have no type in BigQuery: "
            "train it on texts, integers, floats or booleans",
            reason="UNSUPPORTED_LABELS",
        )
