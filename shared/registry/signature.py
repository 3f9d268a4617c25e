"""The signature of a model version: its inputs and outputs, as the registry stores them. Pure.

The registration writes it, from the model and its metadata.json; the gateway and the jobs read it.

    {"inputs": [{"name": "age", "type": "FLOAT", "nullable": true, "inferred": ["nullable"]}, …],
     "n_features": 5,
     "outputs": [{"name": "Survived", "type": "INTEGER", "classes": [0, 1], "inferred": []}]}
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Self

INPUT_ATTRIBUTES = frozenset({"name", "type", "nullable", "inferred", "column"})
OUTPUT_ATTRIBUTES = frozenset({"name", "type", "classes", "inferred"})


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A feature column.

    Attributes:
        type: BigQuery type, None when unknown.
        nullable: whether the model takes NULL, None when unknown.
        inferred: names of the attributes that were inferred, not declared in metadata.json.
        further: other attributes that metadata.json declares, kept as they are.
        column: the column of tables that holds it, where metadata.json names one.
    """

    name: str
    type: str | None = None
    nullable: bool | None = None
    inferred: tuple[str, ...] = ()
    further: Mapping[str, Any] = field(default_factory=dict)
    column: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The feature as a JSON object; without a column where none is named."""
        named = {"column": self.column} if self.column else {}
        return {
            **self.further,
            **named,
            "name": self.name,
            "type": self.type,
            "nullable": self.nullable,
            "inferred": list(self.inferred),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The column that a JSON object holds."""
        return cls(
            name=content["name"],
            type=content.get("type"),
            nullable=content.get("nullable"),
            inferred=tuple(content.get("inferred") or ()),
            further=further_attributes(content, INPUT_ATTRIBUTES),
            column=content.get("column"),
        )


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A prediction column.

    Attributes:
        type: BigQuery type, None when no type of BigQuery holds the model's labels.
        classes: the first labels of a classifier; None for any other model.
        inferred: as for an input.
        further: as for an input.
    """

    name: str
    type: str | None = None
    classes: tuple[Any, ...] | None = None
    inferred: tuple[str, ...] = ()
    further: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_probability(self) -> bool:
        """Whether the output has a probability column."""
        return self.classes is not None

    def to_json(self) -> dict[str, Any]:
        """The column as a JSON object; without classes where the model has none."""
        classes = {} if self.classes is None else {"classes": list(self.classes)}
        return {
            **self.further,
            "name": self.name,
            "type": self.type,
            **classes,
            "inferred": list(self.inferred),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The column that a JSON object holds."""
        classes = content.get("classes")
        return cls(
            name=content["name"],
            type=content.get("type"),
            classes=None if classes is None else tuple(classes),
            inferred=tuple(content.get("inferred") or ()),
            further=further_attributes(content, OUTPUT_ATTRIBUTES),
        )


@dataclass(frozen=True, slots=True)
class ModelSignature:
    """What a model takes and returns.

    Attributes:
        inputs: in the model's order; empty when nothing names the feature columns.
        outputs: one for each prediction of a row.
        n_features: how many features the model was fitted on, None when it does not say.
    """

    inputs: tuple[InputColumn, ...] = ()
    outputs: tuple[OutputColumn, ...] = ()
    n_features: int | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the feature columns, in the model's order."""
        return tuple(column.name for column in self.inputs)

    def to_json(self) -> dict[str, Any]:
        """The signature as a JSON object."""
        return {
            "inputs": [column.to_json() for column in self.inputs],
            "n_features": self.n_features,
            "outputs": [column.to_json() for column in self.outputs],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The signature that a JSON object holds; unknown fields are ignored."""
        return cls(
            inputs=tuple(map(InputColumn.from_json, content.get("inputs") or ())),
            outputs=tuple(map(OutputColumn.from_json, content.get("outputs") or ())),
            n_features=content.get("n_features"),
        )


def further_attributes(column: Mapping[str, Any], own: Set[str]) -> dict[str, Any]:
    """The attributes of a column, as JSON, that are not the product's own; null is left out."""
    return {key: value for key, value in column.items() if key not in own and value is not None}
