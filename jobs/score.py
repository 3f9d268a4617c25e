"""Scoring. Pure: an Arrow record batch in, an Arrow record batch out."""

from typing import Any

import pyarrow as pa

from jobs.features import feature_frame
from jobs.layout import PROBABILITY, Layout
from jobs.predictions import Predictions, Predictor


class Scorer:
    """A model over the columns of a run; any number of threads may score with it at once."""

    def __init__(self, estimator: Any, layout: Layout, constants: dict[str, Any]):
        """`constants` holds the value of each output column that is the same in every row."""
        self._predictor = Predictor(estimator)
        self._layout = layout
        self._schema = layout.arrow_schema
        self._constants = constants

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for n input rows, in their order.

        Raises:
            FailedPrecondition: when the model refuses the rows.
        """
        if not batch.num_rows:  # which no estimator takes
            return pa.RecordBatch.from_pylist([], schema=self._schema)
        frame = feature_frame(batch, self._layout.sources, self._layout.features)
        predictions = self._predictor.predict(frame)
        arrays = [self._array(field, batch, predictions) for field in self._schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _array(self, field: pa.Field, batch: pa.RecordBatch, predictions: Predictions) -> pa.Array:
        if field.name == self._layout.prediction:
            return pa.array(predictions.values, from_pandas=True).cast(field.type)
        if field.name == PROBABILITY:
            if predictions.probabilities is None:
                return pa.nulls(batch.num_rows, field.type)
            return pa.array(predictions.probabilities, field.type)
        if field.name in self._constants:
            return pa.repeat(pa.scalar(self._constants[field.name], field.type), batch.num_rows)
        return batch.column(field.name).cast(field.type)
