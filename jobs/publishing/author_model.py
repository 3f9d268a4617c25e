"""The author's own model, in the author's own process: what it is, and its answers.

Nothing is loaded here, so nothing has to be distrusted: the model is an object of the caller.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.dataframes.arrow_types import type_name
from jobs.dataframes.conversion import array_of
from jobs.models.description import ModelDescription
from jobs.models.golden_rows import KEY, MOST_BYTES, MOST_ROWS, TYPES, GoldenRows
from runtimes.model_process.boosters import as_estimator
from runtimes.model_process.description import description
from runtimes.model_process.predictions import Predictor
from shared.errors import InvalidArgument

if TYPE_CHECKING:
    import pandas as pd


def describe(model: Any) -> ModelDescription:
    """What a model of this process is.

    Raises:
        InvalidArgument: when it is no fitted model.
    """
    found = msgspec.convert(description(as_estimator(model)), ModelDescription)
    if not found.predicts:
        raise InvalidArgument(f"a {found.estimator} has no predict method: publish a fitted model")
    return found


def golden_rows(
    model: Any, described: ModelDescription, frame: "pd.DataFrame", names: Sequence[str]
) -> dict[str, Any]:
    """Up to 100 training rows with the model's own answers, as metadata.json holds them.

    The rows are spread evenly over the frame. {} when BigQuery has no type for a feature, JSON
    cannot hold the rows, or the model does not answer them.
    """
    places = np.linspace(0, len(frame) - 1, min(len(frame), MOST_ROWS)).astype(int)
    # A copy lies in memory column by column, as batches of BigQuery do. A frame that was made of an
    # array of rows can lie row by row, and then a product of matrices has other last bits.
    chosen = frame.iloc[places][list(names)].copy()
    while len(chosen):
        content = _golden(model, described, chosen)
        if content is None:
            return {}
        if len(msgspec.json.encode(content)) <= MOST_BYTES:
            return {KEY: content}
        chosen = chosen.iloc[: len(chosen) // 2].copy()
    return {}


def _golden(model: Any, described: ModelDescription, rows: "pd.DataFrame") -> dict[str, Any] | None:
    try:
        arrays = {str(name): array_of(rows[name], None) for name in rows}
    except InvalidArgument:
        return None
    types = {name: type_name(array.type) or "" for name, array in arrays.items()}
    if not set(types.values()) <= TYPES or any(map(_is_infinite, arrays.values())):
        return None
    try:
        answers = _answers(model, described, rows)
    except Exception:  # noqa: BLE001  (the registration says what is wrong)
        return None
    golden = GoldenRows(pa.RecordBatch.from_pydict(arrays), *answers)
    return golden.to_json(types)


def _is_infinite(array: pa.Array) -> bool:
    return pa.types.is_floating(array.type) and bool(pc.any(pc.is_inf(array)).as_py())


def _answers(
    model: Any, described: ModelDescription, rows: "pd.DataFrame"
) -> tuple[tuple[tuple[Any, ...], ...], tuple[tuple[float, ...], ...]]:
    """The answers of the model's own methods to the author's own rows."""
    outputs = Predictor(as_estimator(model), described.takes, is_plain=True).predict(rows)
    values = tuple(tuple(pa.array(each.values).to_pylist()) for each in outputs)
    if any(each.probabilities is None for each in outputs):
        return values, ()
    return values, tuple(tuple(map(float, each.probabilities)) for each in outputs)  # type: ignore[arg-type]
