"""A model's predictions for a batch as a message."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .columns import encoded
from .errors import ModelError
from .loading import words
from .predictions import Predictions

_COUNT = struct.Struct(">Q")


def answer_parts(outputs: Sequence[Predictions], limit: int | None = None) -> list[Any]:
    """The parts of an answer: how many columns there are, then each.

    An output is the column of its values, followed by that of its probabilities if it has any.

    Args:
        outputs: a batch's predictions.
        limit: the longest answer that is read, in bytes.

    Raises:
        ModelError: when a value has no type of a column, or the answer is too long; the product's
            process then asks again, for fewer rows.
    """
    columns = []
    try:
        for output in outputs:
            columns.append(pa.array(output.values, from_pandas=True))
            if output.probabilities is not None:
                columns.append(pa.array(output.probabilities, pa.float64()))
        # Before it is encoded: the texts of a column can be more than Arrow's offsets reach.
        _require_answerable(sum(column.nbytes for column in columns), limit)
        parts = encoded(columns)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise ModelError(
            f"the model answered with values that no column can hold: {words(error)}",
            "UNEXPECTED_VALUES",
        ) from error
    answer = [_COUNT.pack(len(columns)), *parts]
    _require_answerable(sum(map(len, answer)), limit)
    return answer


def _require_answerable(size: int, limit: int | None) -> None:
    if limit is not None and size > limit:
        raise ModelError("a prediction is larger than it may be", "ANSWER_TOO_LARGE")
