"""Sparse matrices that lead outside of themselves; test_objects.py has them in whole models."""

import numpy as np
import pytest
from scipy import sparse

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.sparse import require_indices, validate_sparse

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


@pytest.mark.parametrize("dtype", ["u4", "u8", "i1", "i2", "f8", "?", ">i4"])
@pytest.mark.parametrize("attribute", ["indices", "indptr"])
def test_other_integers_than_compiled_code_reads_are_refused(dtype, attribute):
    matrix = FORMATS["csr array"](DENSE)
    vars(matrix)[attribute] = vars(matrix)[attribute].astype(dtype)
    with pytest.raises(UnsafePickleError, match="that are no integers"):
        validate_sparse(matrix)


@pytest.mark.parametrize("shape", [(3,), (2, 3, 1), [2, 3], (2.0, 3.0), (2, -1), (True, 3)])
def test_a_shape_is_two_counts(shape):
    with pytest.raises(
        UnsafePickleError, match=r"has not two dimensions|has a shape of no numbers"
    ):
        validate_sparse(changed("csr array", _shape=shape))


@pytest.mark.parametrize("content", [np.array(["a"] * 3), np.array([None] * 3), [1, 2, 3]])
def test_entries_are_numbers(content):
    with pytest.raises(UnsafePickleError, match="has entries that are no numbers"):
        validate_sparse(changed("coo array", data=content))


def test_a_matrix_that_claims_to_be_sorted_is():
    matrix = changed("csr array", indices=np.array([2, 0, 1], dtype=np.int32))
    validate_sparse(matrix)
    vars(matrix)["_has_sorted_indices"] = True
    with pytest.raises(UnsafePickleError, match="says that it is sorted, and is not"):
        validate_sparse(matrix)
    matrix = changed("csr array", indices=np.array([0, 0, 1], dtype=np.int32))
    vars(matrix)["_has_sorted_indices"] = True
    validate_sparse(matrix)
    vars(matrix)["_has_canonical_format"] = True
    with pytest.raises(UnsafePickleError, match="says that it is sorted, and is not"):
        validate_sparse(matrix)
    vars(matrix)["_has_canonical_format"] = "yes"
    with pytest.raises(UnsafePickleError, match="says about itself what SciPy does not"):
        validate_sparse(matrix)


def test_formats_that_no_model_needs_are_refused():
    with pytest.raises(UnsafePickleError, match="has a format that no model needs"):
        validate_sparse(sparse.bsr_array(DENSE))


def test_indices_are_within_a_length():
    require_indices(None, np.array([], dtype=np.int32), 0)
    require_indices(None, np.array([0, 4]), 5)
    with pytest.raises(UnsafePickleError, match="has entries outside of it"):
        require_indices(None, np.array([5]), 5)
    with pytest.raises(UnsafePickleError, match="has arrays of other shapes"):
        require_indices(None, np.array([[0]]), 5)
