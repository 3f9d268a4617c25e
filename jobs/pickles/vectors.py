"""Whether sparse matrices and support vectors are sound."""

from math import prod
from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information

from jobs.pickles.trees import require


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
            _require_within(matrix, places, length)
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
    _require_within(matrix, places, columns)


def _require_within(matrix: Any, places: Any, length: int) -> None:
    require(places.dtype.kind == "i", matrix, "has places that are no integers")
    require(((places >= 0) & (places < length)).all(), matrix, "has entries outside of it")


def check_truths(array: Any) -> None:
    """Every truth value is 0 or 1: NumPy counts them by adding them up."""
    for column in _columns(array):
        if column.dtype.kind == "b":
            require((column.view(np.uint8) <= 1).all(), array, "has truth values beyond 1")


def _columns(array: Any) -> list[Any]:
    return [array[name] for name in array.dtype.names] if array.dtype.names else [array]


def check_vector_machine(machine: Any) -> None:
    """The arrays that libsvm is given have the sizes that libsvm takes for granted."""
    if not hasattr(machine, "support_vectors_"):
        return
    vectors, counts = machine.support_vectors_.shape[0], machine._n_support
    classes = len(counts)
    pairs = classes * (classes - 1) // 2
    fits = (
        machine.support_.shape == (vectors,)
        and classes > 1
        and (counts >= 0).all()
        and (_is_regression(machine) or counts.sum() == vectors)
        and _coefficients(machine) == (classes - 1) * vectors
        and machine._intercept_.size == pairs
        and {machine._probA.size, machine._probB.size} <= {0, pairs}
    )
    require(fits, machine, "has support vectors that do not fit together")
    _check_features(machine)


def _is_regression(machine: Any) -> bool:
    return machine._impl not in {"c_svc", "nu_svc"}


def _coefficients(machine: Any) -> int:
    coefficients = machine._dual_coef_
    # Sparse ones are read by their entries alone.
    return len(coefficients.data) if machine._sparse else prod(coefficients.shape)


def _check_features(machine: Any) -> None:
    if callable(machine.kernel) or machine.kernel == "precomputed":
        _require_within(machine, machine.support_, machine.shape_fit_[0])
    else:
        width = machine.support_vectors_.shape[1]
        require(width == machine.n_features_in_, machine, "has vectors of other features")
