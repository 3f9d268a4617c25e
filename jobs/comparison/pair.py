"""Two models over one table: the columns to read, and the rows that both have scored. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.dataframes.arrow_types import arrow_schema
from jobs.scoring.scorer import Scorer
from shared.errors import FailedPrecondition, InvalidArgument
from shared.tables.output_schema import PROBABILITY, OutputSchema, OutputSpec
from shared.tables.table import Column

if TYPE_CHECKING:
    from jobs.sandbox.loading import LoadedModel

SIDES = ("a", "b")
_NUMBERS = frozenset({"BOOLEAN", "FLOAT", "INTEGER", "NUMERIC"})


@dataclass(frozen=True, slots=True)
class ModelPair:
    """Two models over the columns of one table.

    Attributes:
        models: a and b.
        schemas: the features and predictions of each, without key columns.
        target: name of the predicted column in the metadata of a.
        truth: the column of the table with the target's name, None without one.
        output: the columns of the compared rows.
    """

    models: tuple["LoadedModel", "LoadedModel"]
    schemas: tuple[OutputSchema, OutputSchema]
    target: str
    truth: str | None
    output: OutputSchema

    @property
    def selected(self) -> tuple[str, ...]:
        """Names of the input columns to read, each once."""
        sources = [name for schema in self.schemas for name in schema.sources]
        truth = [self.truth] if self.truth else []
        return tuple(dict.fromkeys([*self.output.keys, *sources, *truth]))

    @property
    def sources(self) -> dict[str, str]:
        """The input column of each feature of a, by the feature's name."""
        schema = self.schemas[0]
        return dict(zip(schema.features, schema.sources, strict=True))

    @property
    def classes(self) -> list[tuple[Any, ...]]:
        """The first labels of each model; () for one that predicts numbers."""
        return [model.signature.outputs[0].classes or () for model in self.models]

    @property
    def is_classifier(self) -> bool:
        """Whether the predictions are labels rather than numbers."""
        return self.models[0].signature.outputs[0].type != "FLOAT" or self.has_probabilities

    @property
    def has_probabilities(self) -> bool:
        """Whether both models predict probabilities."""
        return all(model.signature.outputs[0].has_probability for model in self.models)


def pair_of(
    models: tuple["LoadedModel", "LoadedModel"],
    table: Sequence[Column],
    key_columns: tuple[str, ...],
) -> ModelPair:
    """Two models over the columns of a table.

    Raises:
        FailedPrecondition: when their predictions cannot be compared, or a feature is missing.
        InvalidArgument: when a key column has the name of another output column.
    """
    _require_same_kind(models)
    specs = [OutputSpec.of(key_columns, model.registered.metadata) for model in models]
    schemas = [
        spec.resolve(table, model.signature) for model, spec in zip(models, specs, strict=True)
    ]
    target = specs[0].names(1)[0]
    truth = next((c for c in table if c.name.casefold() == target.casefold()), None)
    _require_comparable(truth, _prediction_type(schemas[0]))
    output = _output(models, schemas, target, truth)
    narrow = [replace(each, keys=(), output=_predicted(each)) for each in schemas]
    return ModelPair(models, (narrow[0], narrow[1]), target, truth.name if truth else None, output)


def _require_same_kind(models: Sequence["LoadedModel"]) -> None:
    for model in models:
        if (outputs := len(model.signature.outputs)) != 1:
            raise FailedPrecondition(
                f"{model.registered.version} predicts {outputs} outputs: models of one output can "
                "be compared",
                reason="MULTIPLE_OUTPUTS",
            )
    a, b = (model.signature.outputs[0].type for model in models)
    if a != b:
        versions = " and ".join(str(model.registered.version) for model in models)
        raise FailedPrecondition(
            f"{versions} predict {a} and {b}: they cannot be compared", reason="KINDS_DIFFER"
        )


def _require_comparable(truth: Column | None, kind: str) -> None:
    if truth and truth.type != kind and not {truth.type, kind} <= _NUMBERS:
        raise FailedPrecondition(
            f"the models predict {kind}, and the column {truth.name}, which should hold the truth, "
            f"is {truth.type}: name another input_table",
            reason="KINDS_DIFFER",
        )


def _prediction_type(schema: OutputSchema) -> str:
    return next(each.type for each in schema.output if each.name == schema.predictions[0])


def _predicted(schema: OutputSchema) -> tuple[Column, ...]:
    names = {*schema.predictions, *schema.probabilities}
    return tuple(column for column in schema.output if column.name in names)


def _output(
    models: Sequence["LoadedModel"],
    schemas: Sequence[OutputSchema],
    target: str,
    truth: Column | None,
) -> OutputSchema:
    kind = _prediction_type(schemas[0])
    predictions = tuple(f"{target}_{side}" for side in SIDES)
    probabilities = (
        tuple(f"{PROBABILITY}_{side}" for side in SIDES)
        if all(model.signature.outputs[0].has_probability for model in models)
        else ()
    )
    keys = [name for name in schemas[0].keys if name in schemas[1].keys]
    carried = [column for column in schemas[0].output if column.name in keys]
    added = (
        *((Column(target, truth.type),) if truth else ()),
        *(Column(name, kind) for name in predictions),
        *(Column(name, "FLOAT") for name in probabilities),
        Column("Agree", "BOOLEAN"),
        Column("PredictionTimestamp", "TIMESTAMP"),
        Column("ModelName", "STRING"),
        *(Column(f"ModelVersion_{side}", "STRING") for side in SIDES),
        Column("RunId", "STRING"),
    )
    _require_unique([*carried, *added])
    return OutputSchema((), (), tuple(keys), predictions, probabilities, (*carried, *added))


def _require_unique(columns: Sequence[Column]) -> None:
    names = [column.name.casefold() for column in columns]
    if clashes := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidArgument(
            f"the comparison writes columns named {', '.join(clashes)}: name key_columns without "
            "them",
            reason="KEY_COLUMN_CLASH",
        )


class PairScorer:
    """A BatchScorer that scores each batch by both models and compares the predictions."""

    def __init__(
        self,
        pair: ModelPair,
        constants: Mapping[str, Any],
        agree: Callable[[pa.Array, pa.Array], pa.Array],
        on_scored: Callable[[pa.RecordBatch, pa.RecordBatch], None],
    ):
        """Prepare both models.

        Args:
            pair: the models and their columns.
            constants: the value of each output column that is the same in every row.
            agree: for the predictions of a and b, whether they agree in each row.
            on_scored: is called with each input and output batch, from any thread.
        """
        self._pair = pair
        self._scorers = [
            Scorer(model.session, schema, {})
            for model, schema in zip(pair.models, pair.schemas, strict=True)
        ]
        self._constants = constants
        self._agree = agree
        self._on_scored = on_scored

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for n input rows, in their order.

        Raises:
            FailedPrecondition: when either model raises an error on the rows.
        """
        pair, output = self._pair, self._pair.output
        scored = [scorer.score(batch) for scorer in self._scorers]
        columns: dict[str, pa.Array] = {}
        for side, (rows, schema) in enumerate(zip(scored, pair.schemas, strict=True)):
            columns[output.predictions[side]] = rows.column(schema.predictions[0])
            if output.probabilities:
                columns[output.probabilities[side]] = rows.column(schema.probabilities[0])
        columns["Agree"] = self._agree(*(columns[name] for name in output.predictions))
        if pair.truth:
            columns[pair.target] = batch.column(pair.truth)
        schema = arrow_schema(output)
        arrays = [self._array(field, columns, batch) for field in schema]
        output_rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
        self._on_scored(batch, output_rows)
        return output_rows

    def _array(
        self, field: pa.Field, columns: Mapping[str, pa.Array], batch: pa.RecordBatch
    ) -> pa.Array:
        if field.name in self._constants:
            value = pa.scalar(self._constants[field.name], field.type)
            return pa.repeat(value, batch.num_rows)
        column = columns[field.name] if field.name in columns else batch.column(field.name)
        return pc.cast(column, field.type)
