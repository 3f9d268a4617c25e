"""Validates arrays of truth values and sparse matrices, and holds what every check here uses."""

from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information

from jobs.pickles.errors import UnsafePickleError


def require(condition: Any, part: Any, flaw: str) -> None:
    """Require a condition of a part of a model.

    Raises:
        UnsafePickleError: with the flaw, when the condition is false.
    """
    if not condition:
        raise UnsafePickleError(f"holds a {type(part).__name__} that {flaw}")


def require_within(matrix: Any, indices: Any, length: int) -> None:
    """Require integer indices from 0 to below `length`.

    Raises:
        UnsafePickleError: when one is not.
    """
    require(indices.dtype.kind == "i", matrix, "has indices that are no integers")
    require(((indices >= 0) & (indices < length)).all(), matrix, "has entries outside of it")


def validate_sparse(matrix: Any) -> None:
    """Every entry is within the shape."""
    state = vars(matrix)
    rows, columns = state["_shape"]
    if isinstance(matrix, scipy.sparse.csr_array | scipy.sparse.csr_matrix):
        _validate_compressed(matrix, rows, columns)
    elif isinstance(matrix, scipy.sparse.csc_array | scipy.sparse.csc_matrix):
        _validate_compressed(matrix, columns, rows)
    elif isinstance(matrix, scipy.sparse.coo_array | scipy.sparse.coo_matrix):
        for indices, length in zip(state["coords"], (rows, columns), strict=True):
            require(indices.shape == state["data"].shape, matrix, "lacks indices of entries")
            require_within(matrix, indices, length)
    else:
        require(state["data"].ndim == 2, matrix, "has no diagonals")  # noqa: PLR2004
        require(state["offsets"].dtype.kind == "i", matrix, "has indices that are no integers")
        require(len(state["offsets"]) == len(state["data"]), matrix, "lacks diagonals")


def _validate_compressed(matrix: Any, rows: int, columns: int) -> None:
    content, indices, ends = (vars(matrix)[name] for name in ("data", "indices", "indptr"))
    require(content.ndim == indices.ndim == ends.ndim == 1, matrix, "has arrays of other shapes")
    require(len(ends) == rows + 1, matrix, "has another number of rows")
    require(ends[0] == 0 and (np.diff(ends) >= 0).all(), matrix, "has rows that overlap")
    require(ends[-1] <= min(len(indices), len(content)), matrix, "has rows beyond its end")
    require(len(indices) == len(content), matrix, "lacks indices of entries")
    require_within(matrix, indices, columns)


def validate_truth_values(array: Any) -> None:
    """Every truth value is the byte 0 or 1, because NumPy counts them by adding the bytes."""
    for column in _columns(array):
        if column.dtype.kind == "b":
            require((column.view(np.uint8) <= 1).all(), array, "has truth values beyond 1")


def _columns(array: Any) -> list[Any]:
    return [array[name] for name in array.dtype.names] if array.dtype.names else [array]
