"""Scoring. Pure: an Arrow record batch in, an Arrow record batch out."""

from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa

from jobs.dataframes.arrow_types import arrow_schema
from jobs.drift.input_profile import InputProfile
from jobs.drift.profile import Baseline
from shared.errors import FailedPrecondition
from shared.tables.output_schema import OutputSchema


class BatchScorer(Protocol):
    """Scores batches; safe to call from many threads at once."""

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for n input rows, in their order."""
        ...


class Predictor(Protocol):
    """A model that answers batches of its features; safe to call from many threads at once.

    Attributes:
        has_probabilities: whether each output comes with probabilities.
    """

    @property
    def has_probabilities(self) -> bool: ...  # noqa: D102

    def predict(self, batch: pa.RecordBatch) -> list[pa.Array]:
        """Each output's predictions for n rows, each followed by its probabilities if any."""
        ...


class Scorer:
    """A BatchScorer that applies a model to the columns of a run."""

    def __init__(self, predictor: Predictor, schema: OutputSchema, constants: dict[str, Any]):
        """`constants` holds the value of each output column that is the same in every row."""
        self._predictor = predictor
        self._schema = schema
        self._arrow_schema = arrow_schema(schema)
        self._constants = constants
        self._constant_columns: dict[str, pa.Array] = {}

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for n input rows, in their order.

        Raises:
            FailedPrecondition: when the model raises an error on the rows.
        """
        if not batch.num_rows:  # estimators refuse empty input
            return pa.RecordBatch.from_pylist([], schema=self._arrow_schema)
        columns = [batch.column(source) for source in self._schema.sources]
        features = pa.RecordBatch.from_arrays(columns, names=list(self._schema.features))
        predicted = self._predicted(self._predictor.predict(features), batch.num_rows)
        arrays = [
            predicted[field.name] if field.name in predicted else self._copied(field, batch)
            for field in self._arrow_schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self._arrow_schema)

    def _predicted(self, answered: Sequence[pa.Array], rows: int) -> dict[str, pa.Array]:
        """The columns of predictions and probabilities, by name."""
        names, has_probabilities = self._schema.predictions, self._predictor.has_probabilities
        values = answered[::2] if has_probabilities else answered
        probabilities = answered[1::2] if has_probabilities else [None] * len(values)
        _require_outputs(len(values), names)
        columns: dict[str, pa.Array] = {}
        for name, array in zip(names, values, strict=True):
            columns[name] = _of_type(array, self._arrow_schema.field(name).type, name)
        for name, array in zip(self._schema.probabilities, probabilities, strict=False):
            columns[name] = pa.nulls(rows, pa.float64()) if array is None else array
        return columns

    def _copied(self, field: pa.Field, batch: pa.RecordBatch) -> pa.Array:
        """A column that is not predicted: a constant, or a key column of the input."""
        if field.name in self._constants:
            return self._constant(field, batch.num_rows)
        return batch.column(field.name).cast(field.type)

    def _constant(self, field: pa.Field, rows: int) -> pa.Array:
        """A column of one value: a slice of the longest one so far, which is cached."""
        cached = self._constant_columns.get(field.name)
        if cached is None or len(cached) < rows:
            cached = _repeated(self._constants[field.name], field.type, rows)
            self._constant_columns[field.name] = cached
        return cached.slice(0, rows)


def _repeated(value: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if not pa.types.is_dictionary(kind):
        return pa.repeat(pa.scalar(value, kind), rows)
    indices = pa.repeat(pa.scalar(0, kind.index_type), rows)
    return pa.DictionaryArray.from_arrays(indices, pa.array([value], kind.value_type))


def _of_type(answered: pa.Array, wanted: pa.DataType, name: str) -> pa.Array:
    """The answers in the type of the plan, which no value may change."""
    if answered.type == wanted:
        return answered
    try:
        if pa.types.is_string(answered.type) or pa.types.is_string(wanted):
            raise pa.ArrowInvalid("texts are no numbers")
        return answered.cast(wanted)
    except pa.ArrowException as error:
        raise FailedPrecondition(
            f"the model answers {answered.type} values for {name}, and its signature says {wanted}",
            reason="UNEXPECTED_VALUES",
        ) from error


def _require_outputs(outputs: int, names: Sequence[str]) -> None:
    if outputs != len(names):
        raise FailedPrecondition(
            f"the model predicts {outputs} outputs, and the plan has {len(names)} "
            f'({", ".join(names)}): name each output in metadata.json, as "targets"',
            reason="MULTIPLE_OUTPUTS",
        )


class ProfilingScorer:
    """A BatchScorer that adds the profile of the input to another scorer's batches."""

    def __init__(self, scorer: BatchScorer, schema: OutputSchema, baseline: Baseline):
        self._scorer = scorer
        self._sources = dict(zip(schema.features, schema.sources, strict=True))
        self._baseline = baseline

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The other scorer's output rows, with the profile in their schema's metadata.

        Raises:
            FailedPrecondition: when the model raises an error on the rows.
        """
        scored = self._scorer.score(batch)
        profile = InputProfile.of(batch, self._sources, self._baseline)
        return scored.replace_schema_metadata(profile.schema_metadata)
