"""What a model's process answers for a batch of rows, and how much of it this process takes."""

import struct
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from runtimes.model_process.columns import ColumnError, decoded

_COUNT = struct.Struct(">Q")
_MOST_OUTPUTS = 10_000
# Two numbers of eight bytes and their bitmaps, for each row and output.
_BYTES_PER_VALUE = 18
# An answer is read into this process's memory, so its limit is the size of a batch, not of a model.
_MOST_BYTES = 32 << 20
_BYTES_PER_ROW = 4 << 10
_LEAST_BYTES = 1 << 20
# A batch is asked in parts where one answer would be longer; all parts together.
_LEAST_BATCH_BYTES = 64 << 20
_MOST_BATCH_BYTES = 512 << 20


def answer_limit(rows: int) -> int:
    """How many bytes the answer for a number of rows may have; a longer one comes in parts."""
    return min(_MOST_BYTES, _LEAST_BYTES + rows * _BYTES_PER_ROW)


class Budget:
    """What the answers for all parts of a batch may take of this process's memory.

    The model's process says when a part is to be split, so it chooses how many parts there are.

    Attributes:
        left: bytes.
    """

    def __init__(self, rows: int, outputs: int):
        """For a batch of `rows` rows with as many outputs as the model says it has."""
        honest = rows * max(_BYTES_PER_ROW, outputs * _BYTES_PER_VALUE)
        self.left = min(_MOST_BATCH_BYTES, max(_LEAST_BATCH_BYTES, honest))

    def limit(self, rows: int) -> int:
        """How many bytes the next answer may have, for a part of that many rows."""
        return min(self.left, answer_limit(rows))


def is_answerable(rows: int, outputs: int) -> bool:
    """Whether an answer of that many outputs, were they numbers, is within the limit."""
    return rows * outputs * _BYTES_PER_VALUE <= answer_limit(rows)


def predicted_columns(body: Any, rows: int, *, has_probabilities: bool) -> list[pa.Array]:
    """The outputs in an answer, each an array of `rows` values.

    Each output is followed by its probabilities, where there are any.

    Raises:
        ColumnError: when the bytes are anything else.
    """
    if len(body) < _COUNT.size:
        raise ColumnError("no columns")
    (count,) = _COUNT.unpack_from(body)
    step = 2 if has_probabilities else 1
    if not 0 < count <= step * _MOST_OUTPUTS or count % step:
        raise ColumnError("a number of columns that no model has")
    columns = decoded(memoryview(body)[_COUNT.size :], rows, count)
    if has_probabilities and any(each.type != pa.float64() for each in columns[1::2]):
        raise ColumnError("probabilities that are no numbers")
    return columns


def rejoined(parts: Sequence[Sequence[pa.Array]]) -> list[pa.Array]:
    """The columns of a batch that was asked in parts.

    Raises:
        ColumnError: when the parts have different columns.
    """
    try:
        return [pa.concat_arrays(columns) for columns in zip(*parts, strict=True)]
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise ColumnError("different columns for the parts of a batch") from error
