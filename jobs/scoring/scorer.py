"""Scoring. Pure: an Arrow record batch in, an Arrow record batch out."""

from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa

from jobs.dataframes.arrow_types import arrow_schema
from jobs.drift.input_profile import InputProfile
from jobs.drift.profile import Baseline
from jobs.scoring.features import feature_frame
from jobs.scoring.predictions import Predictions, Predictor
from shared.errors import FailedPrecondition
from shared.tables.output_schema import OutputSchema


class BatchScorer(Protocol):
    """Scores batches; safe to call from many threads at once."""

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for n input rows, in their order."""
        ...


class Scorer:
    """A BatchScorer that applies a model to the columns of a run."""

    def __init__(self, estimator: Any, schema: OutputSchema, constants: dict[str, Any]):
        """`constants` holds the value of each output column that is the same in every row."""
        self._predictor = Predictor(estimator)
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
        frame = feature_frame(batch, self._schema.sources, self._schema.features)
        predicted = self._predicted(self._predictor.predict(frame), batch.num_rows)
        arrays = [
            predicted[field.name] if field.name in predicted else self._copied(field, batch)
            for field in self._arrow_schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self._arrow_schema)

    def _predicted(self, outputs: Sequence[Predictions], rows: int) -> dict[str, pa.Array]:
        """The columns of predictions and probabilities, by name."""
        names = self._schema.predictions
        _require_outputs(len(outputs), names)
        columns: dict[str, pa.Array] = {}
        for name, output in zip(names, outputs, strict=True):
            values = pa.array(output.values, from_pandas=True)
            columns[name] = values.cast(self._arrow_schema.field(name).type)
        for name, output in zip(self._schema.probabilities, outputs, strict=False):
            values = output.probabilities
            columns[name] = (
                pa.nulls(rows, pa.float64()) if values is None else pa.array(values, pa.float64())
            )
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
