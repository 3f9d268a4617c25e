"""Sparse matrices whose indices, row ends, shapes or types mislead SciPy's compiled code."""

import pickle

import numpy as np
from scipy import sparse

from tests.unit.jobs.pickles.altered.models import ROWS, altered, honest


def attacks(folder):
    """Each attack by its name."""
    for name, changes in _changes().items():
        # Other protocols, and joblib, give arrays the byte order of the machine that reads them.
        yield name, pickle.dumps(_with_vectors(**changes), 5)
    yield (
        "coefficients with unsigned row ends",
        _with_coefficients(indptr=np.array([0, 2**63], dtype=np.uint64)),
    )
    yield (
        "coefficients with an entry outside",
        _with_coefficients(indices=np.array([10**9], dtype=np.int32)),
    )
    for kind in (sparse.bsr_array, sparse.lil_array, sparse.dok_array):
        yield (
            f"coefficients as a {kind.__name__}",
            altered(honest("sgd"), coef_=kind(honest("sgd").coef_)),
        )
    diagonal = sparse.dia_array(np.eye(3)[:1])
    yield (
        "a diagonal far away",
        altered(honest("sgd"), coef_=altered(diagonal, offsets=np.array([-(10**9)]))),
    )
    yield (
        "a diagonal of unsigned offsets",
        altered(
            honest("sgd"),
            coef_=altered(
                sparse.dia_array(np.eye(3)[:1]), offsets=np.array([2**31], dtype=np.uint32)
            ),
        ),
    )
    points = sparse.coo_array(np.eye(3)[:1])
    yield (
        "points of other integers",
        altered(
            honest("sgd"),
            coef_=altered(points, coords=(np.array([0], np.int8), np.array([200], np.uint8))),
        ),
    )
    yield (
        "points of three dimensions",
        altered(honest("sgd"), coef_=altered(sparse.coo_array(np.eye(3)[:1]), _shape=(1, 3, 7))),
    )


def _vectors():
    return honest("sparse svc")[-1].support_vectors_


def _changes():
    vectors = _vectors()
    ends, indices, count = vectors.indptr, vectors.indices, len(vectors.data)
    return {
        "unsigned row ends": {"indptr": ends.astype(np.uint32)},
        "unsigned row ends that lead outside": {
            "indptr": np.where(np.arange(len(ends)) == 1, -1, ends).astype(np.uint32)
        },
        "row ends of 64 unsigned bits": {"indptr": ends.astype(np.uint64)},
        "row ends of 16 bits": {"indptr": ends.astype(np.int16)},
        "row ends of floating point": {"indptr": ends.astype(np.float64)},
        "row ends of another byte order": {"indptr": ends.astype(">i4")},
        "truth values as row ends": {"indptr": ends.astype(bool)},
        "unsigned indices": {"indices": indices.astype(np.uint32)},
        "indices of another byte order": {"indices": indices.astype(">i4")},
        "indices of 8 bits": {"indices": indices.astype(np.int8)},
        "a shape of floating point": {"_shape": tuple(map(float, vectors.shape))},
        "a negative shape": {"_shape": (vectors.shape[0], -1)},
        "a shape of one dimension": {"_shape": (vectors.shape[1],)},
        "objects as entries": {"data": np.full(count, "a", dtype=object)},
        "texts as entries": {"data": np.full(count, "a")},
        "an order that it has not": {
            "_has_sorted_indices": True,
            "_has_canonical_format": True,
            "indices": indices[::-1].copy(),
        },
    }


def _with_vectors(**changes):
    model = honest("sparse svc")
    altered(model[-1].support_vectors_, **changes)
    return model


def _with_coefficients(**changes):
    model = honest("sgd")
    matrix = sparse.csr_array(np.ones((1, ROWS.shape[1])))
    return altered(model, coef_=altered(matrix, **changes))
