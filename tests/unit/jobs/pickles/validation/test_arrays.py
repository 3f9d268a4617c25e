import numpy as np
import pytest
from scipy import sparse

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.arrays import (
    require,
    require_within,
    validate_sparse,
    validate_truth_values,
)

DENSE = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
FORMATS = {
    "csr matrix": sparse.csr_matrix,
    "csr array": sparse.csr_array,
    "csc matrix": sparse.csc_matrix,
    "csc array": sparse.csc_array,
    "coo matrix": sparse.coo_matrix,
    "coo array": sparse.coo_array,
    "dia matrix": sparse.dia_matrix,
    "dia array": sparse.dia_array,
}


def changed(kind, **attributes):
    matrix = FORMATS[kind](DENSE)
    vars(matrix).update(attributes)
    return matrix


@pytest.mark.parametrize("kind", FORMATS)
def test_what_scipy_makes_is_valid(kind):
    validate_sparse(FORMATS[kind](DENSE))


CHANGES = [
    ("csr array", {"indices": np.array([0, 3, 1])}, "has entries outside of it"),
    ("csr array", {"indices": np.array([0, -1, 1])}, "has entries outside of it"),
    ("csr array", {"indices": np.array([0.0, 2.0, 1.0])}, "has indices that are no integers"),
    ("csr array", {"indices": np.array([0, 2])}, "has rows beyond its end"),
    ("csr array", {"indices": np.array([0, 2, 1, 1])}, "lacks indices of entries"),
    ("csr array", {"indptr": np.array([0, 2])}, "has another number of rows"),
    ("csr array", {"indptr": np.array([0, 3, 2])}, "has rows that overlap"),
    ("csr array", {"indptr": np.array([1, 2, 3])}, "has rows that overlap"),
    ("csr array", {"indptr": np.array([0, 2, 4])}, "has rows beyond its end"),
    ("csr array", {"data": np.ones((3, 1))}, "has arrays of other shapes"),
    ("csr array", {"_shape": (2, 2)}, "has entries outside of it"),
    ("csc matrix", {"indices": np.array([0, 2, 1])}, "has entries outside of it"),
    ("csc matrix", {"_shape": (2, 4)}, "has another number of rows"),
    ("coo array", {"coords": (np.array([0, 0, 9]), np.arange(3))}, "has entries outside of it"),
    ("coo array", {"coords": (np.arange(2), np.arange(2))}, "lacks indices of entries"),
    ("dia matrix", {"data": np.ones(3)}, "has no diagonals"),
    ("dia matrix", {"offsets": np.array([0.0, 2.0])}, "has indices that are no integers"),
    ("dia matrix", {"offsets": np.array([0])}, "lacks diagonals"),
]


@pytest.mark.parametrize(("kind", "attributes", "flaw"), CHANGES)
def test_entries_outside_of_a_sparse_matrix_are_refused(kind, attributes, flaw):
    with pytest.raises(UnsafePickleError, match=flaw):
        validate_sparse(changed(kind, **attributes))


def test_truth_values_are_bytes_of_0_or_1():
    broken = np.array([0, 2], dtype=np.uint8).view(bool)
    record = np.zeros(2, dtype=[("number", "u1"), ("flag", "?")])
    for array in (np.array([True, False]), np.array([0, 2], dtype=np.uint8), record):
        validate_truth_values(array)
    record["flag"] = broken
    for array in (broken, record):
        with pytest.raises(UnsafePickleError, match="holds a ndarray that has truth values"):
            validate_truth_values(array)


def test_indices_are_within_a_length():
    require_within(None, np.array([], dtype=int), 0)
    require_within(None, np.array([0, 4]), 5)
    with pytest.raises(UnsafePickleError, match="has entries outside of it"):
        require_within(None, np.array([5]), 5)


def test_a_flaw_names_the_type_of_the_part():
    require(np.True_, [], "is fine")
    with pytest.raises(UnsafePickleError, match="holds a list that is empty"):
        require([], [], "is empty")
