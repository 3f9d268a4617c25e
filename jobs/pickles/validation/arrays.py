"""Whether sparse matrices and support vectors are sound."""

from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information

from jobs.pickles.errors import UnsafePickleError


def require(is_sound: Any, part: Any, flaw: str) -> None:
    """Refuse a part of a model that has a flaw."""
    if not is_sound:
        raise UnsafePickleError(f"holds a {type(part).__name__} that {flaw}")


def check_sparse(matrix: Any) -> None:
    """Every entry lies within the matrix."""
    state = vars(matrix)
    rows, columns = state["_shape"]
    if isinstance(matrix, scipy.sparse.csr_array | scipy.sparse.csr_matrix):
        _check_compressed(matrix, rows, columns)
    elif isinstance(matrix, scipy.sparse.csc_array | scipy.sparse.csc_matrix):
        _check_compressed(matrix, columns, rows)
    elif isinstance(matrix, scipy.sparse.coo_array | scipy.sparse.coo_matrix):
        for places, length in zip(state["coords"], (rows, columns), strict=True):
            require(places.shape == state["data"].shape, matrix, "lacks places of entries")
            require_within(matrix, places, length)
    else:
        require(state["data"].ndim == 2, matrix, "has no diagonals")  # noqa: PLR2004
        require(state["offsets"].dtype.kind == "i", matrix, "has places that are no integers")
        require(len(state["offsets"]) == len(state["data"]), matrix, "lacks diagonals")


def _check_compressed(matrix: Any, rows: int, columns: int) -> None:
    content, places, ends = (vars(matrix)[name] for name in ("data", "indices", "indptr"))
    require(content.ndim == places.ndim == ends.ndim == 1, matrix, "has arrays of other shapes")
    require(len(ends) == rows + 1, matrix, "has another number of rows")
    require(ends[0] == 0 and (np.diff(ends) >= 0).all(), matrix, "has rows that overlap")
    require(ends[-1] <= min(len(places), len(content)), matrix, "has rows beyond its end")
    require(len(places) == len(content), matrix, "lacks places of entries")
    require_within(matrix, places, columns)


def require_within(matrix: Any, places: Any, length: int) -> None:
    """Every index lies within a length."""
    require(places.dtype.kind == "i", matrix, "has places that are no integers")
    require(((places >= 0) & (places < length)).all(), matrix, "has entries outside of it")


def check_truths(array: Any) -> None:
    """Every truth value is 0 or 1: NumPy counts them by adding them up."""
    for column in _columns(array):
        if column.dtype.kind == "b":
            require((column.view(np.uint8) <= 1).all(), array, "has truth values beyond 1")


def _columns(array: Any) -> list[Any]:
    return [array[name] for name in array.dtype.names] if array.dtype.names else [array]
