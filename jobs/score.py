"""Scoring. Pure: an Arrow record batch in, an Arrow record batch out."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.estimators import Predictions, predict
from jobs.layout import PROBABILITY, Layout


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model over the columns of a run.

    Attributes:
        constants: the value of each output column that is the same in every row.
    """

    estimator: Any
    layout: Layout
    constants: dict[str, Any]

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The output rows for n input rows, in their order.

        Raises:
            FailedPrecondition: when the model refuses the rows.
        """
        predictions = predict(self.estimator, self._features(batch))
        schema = self.layout.arrow_schema
        arrays = [self._array(field, batch, predictions) for field in schema]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _features(self, batch: pa.RecordBatch) -> pd.DataFrame:
        columns = [_numeric(batch.column(name)) for name in self.layout.sources]
        table = pa.Table.from_arrays(columns, names=list(self.layout.features))
        frame: pd.DataFrame = table.to_pandas(date_as_object=False)
        return frame

    def _array(self, field: pa.Field, batch: pa.RecordBatch, predictions: Predictions) -> pa.Array:
        if field.name == self.layout.prediction:
            return pa.array(predictions.values, from_pandas=True).cast(field.type)
        if field.name == PROBABILITY:
            if predictions.probabilities is None:
                return pa.nulls(batch.num_rows, field.type)
            return pa.array(predictions.probabilities, field.type)
        if field.name in self.constants:
            return pa.repeat(pa.scalar(self.constants[field.name], field.type), batch.num_rows)
        return batch.column(field.name).cast(field.type)


def _numeric(column: pa.Array) -> pa.Array:
    # NUMERIC arrives as decimals, which pandas would keep as Python objects.
    return pc.cast(column, pa.float64()) if pa.types.is_decimal(column.type) else column
