"""Validates sparse matrices: SciPy's compiled code reads and writes at each index without a check.

The formats are those of the table of names: CSR, CSC, COO and DIA; models need no other.
"""

from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information

from jobs.pickles.validation.arrays import require

_CSR = (scipy.sparse.csr_array, scipy.sparse.csr_matrix)
_CSC = (scipy.sparse.csc_array, scipy.sparse.csc_matrix)
_COO = (scipy.sparse.coo_array, scipy.sparse.coo_matrix)
_DIA = (scipy.sparse.dia_array, scipy.sparse.dia_matrix)
# Compiled code casts other integers without a check, or takes their bytes for these.
_INDEX_TYPES = (np.dtype(np.int32), np.dtype(np.int64))
_NUMBERS = "biufc"
# What a matrix knows about itself, and SciPy does not compute again.
_CLAIMS = ("_has_sorted_indices", "_has_canonical_format")


def validate_sparse(matrix: Any) -> None:
    """Every entry is within the shape, and the matrix claims nothing about itself that is false."""
    state = vars(matrix)
    shape = state["_shape"]
    is_shape = isinstance(shape, tuple) and len(shape) == 2  # noqa: PLR2004
    require(is_shape, matrix, "has not two dimensions")
    is_counted = all(type(each) in {int, np.int32, np.int64} and each >= 0 for each in shape)
    require(is_counted, matrix, "has a shape of no numbers")
    content = state["data"]
    is_numeric = isinstance(content, np.ndarray) and content.dtype.kind in _NUMBERS
    require(is_numeric and content.dtype.isnative, matrix, "has entries that are no numbers")
    if isinstance(matrix, _CSR):
        _validate_compressed(matrix, *shape)
    elif isinstance(matrix, _CSC):
        _validate_compressed(matrix, *reversed(shape))
    elif isinstance(matrix, _COO):
        _validate_coordinates(matrix, shape)
    else:
        require(isinstance(matrix, _DIA), matrix, "has a format that no model needs")
        _validate_diagonals(matrix, shape)


def require_indices(matrix: Any, indices: Any, length: int) -> None:
    """Require an array of one dimension with integer indices from 0 to below `length`.

    Raises:
        UnsafePickleError: when it is none.
    """
    is_array = isinstance(indices, np.ndarray) and indices.dtype in _INDEX_TYPES
    require(is_array and indices.dtype.isnative, matrix, "has indices that are no integers")
    require(indices.ndim == 1, matrix, "has arrays of other shapes")
    require(((indices >= 0) & (indices < length)).all(), matrix, "has entries outside of it")


def _validate_compressed(matrix: Any, rows: int, columns: int) -> None:
    content, indices, ends = (vars(matrix)[name] for name in ("data", "indices", "indptr"))
    require_indices(matrix, indices, columns)
    is_index = isinstance(ends, np.ndarray) and ends.dtype in _INDEX_TYPES
    require(is_index and ends.dtype.isnative, matrix, "has row ends that are no integers")
    require(content.ndim == ends.ndim == 1, matrix, "has arrays of other shapes")
    require(len(ends) == rows + 1, matrix, "has another number of rows")
    require(ends[0] == 0 and (np.diff(ends) >= 0).all(), matrix, "has rows that overlap")
    require(ends[-1] <= min(len(indices), len(content)), matrix, "has rows beyond its end")
    require(len(indices) == len(content), matrix, "lacks indices of entries")
    _require_true_claims(matrix, indices, ends)


def _require_true_claims(matrix: Any, indices: Any, ends: Any) -> None:
    claimed = [vars(matrix).get(claim) for claim in _CLAIMS]
    are_claims = all(each is None or type(each) in {bool, np.bool_} for each in claimed)
    require(are_claims, matrix, "says about itself what SciPy does not")
    if any(claimed):
        first = np.zeros(len(indices) + 1, dtype=bool)
        first[ends] = True
        rises = np.diff(indices[: ends[-1]]) >= (1 if claimed[1] else 0)
        require((rises | first[1 : ends[-1]]).all(), matrix, "says that it is sorted, and is not")


def _validate_coordinates(matrix: Any, shape: tuple[int, ...]) -> None:
    state = vars(matrix)
    coordinates = state["coords"]
    is_pair = isinstance(coordinates, tuple) and len(coordinates) == len(shape)
    require(is_pair, matrix, "has not two dimensions")
    for indices, length in zip(coordinates, shape, strict=True):
        require_indices(matrix, indices, length)
        require(indices.shape == state["data"].shape, matrix, "lacks indices of entries")


def _validate_diagonals(matrix: Any, shape: tuple[int, ...]) -> None:
    content, offsets = vars(matrix)["data"], vars(matrix)["offsets"]
    require(content.ndim == 2, matrix, "has no diagonals")  # noqa: PLR2004
    is_index = isinstance(offsets, np.ndarray) and offsets.dtype in _INDEX_TYPES
    require(is_index and offsets.dtype.isnative, matrix, "has indices that are no integers")
    require(offsets.shape == content.shape[:1], matrix, "lacks diagonals")
    rows, columns = shape
    within = (offsets > -max(rows, 1)) & (offsets < max(columns, 1))
    require(within.all(), matrix, "has entries outside of it")
    require(len(np.unique(offsets)) == len(offsets), matrix, "has a diagonal twice")
