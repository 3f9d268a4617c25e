"""Validates clusters and support vector machines."""

from math import prod
from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information

from jobs.pickles.validation.arrays import require, require_within

_MAX_THREADS = 1024


def validate_birch(clusterer: Any) -> None:
    """Birch has a norm for each of its centers."""
    if hasattr(clusterer, "subcluster_centers_"):
        shape = clusterer._subcluster_norms.shape
        require(shape == (len(clusterer.subcluster_centers_),), clusterer, "lacks lengths")


def validate_centers(clusterer: Any) -> None:
    """The centers have the features of the input, and the number of threads is possible."""
    if hasattr(clusterer, "cluster_centers_"):
        centers = clusterer.cluster_centers_
        is_matrix = isinstance(centers, np.ndarray) and centers.ndim == 2  # noqa: PLR2004
        require(is_matrix and len(centers), clusterer, "has no centers")
        require(
            centers.shape[1] == clusterer.n_features_in_, clusterer, "has centers of other features"
        )
        threads = clusterer._n_threads
        is_possible = isinstance(threads, int) and 0 < threads <= _MAX_THREADS
        require(is_possible, clusterer, "asks for threads that no computer has")


def validate_center_tree(clusterer: Any) -> None:
    """The centers in BisectingKMeans's tree have the input's features; the tree has no cycle."""
    validate_centers(clusterer)
    pending = [clusterer._bisecting_tree] if hasattr(clusterer, "_bisecting_tree") else []
    seen = set()
    while pending:
        node = pending.pop()
        require(id(node) not in seen, clusterer, "leads back to a node it came from")
        seen.add(id(node))
        fits = np.shape(node.center) == (clusterer.n_features_in_,)
        require(fits, clusterer, "has centers of other features")
        pending += [child for child in (node.left, node.right) if child is not None]


def validate_vector_machine(machine: Any) -> None:
    """The arrays have the sizes that libsvm assumes."""
    if not hasattr(machine, "support_vectors_"):
        return
    vectors, counts = len(machine.support_), machine._n_support
    classes = len(counts)
    pairs = classes * (classes - 1) // 2
    fits = (
        machine.support_.shape == (vectors,)
        and machine.support_vectors_.shape[0] == (0 if _has_kernel_rows(machine) else vectors)
        and classes > 1
        and (counts >= 0).all()
        and (_is_regression(machine) or counts.sum() == vectors)
        and _has_coefficients(machine, (classes - 1, vectors))
        and machine._intercept_.size == pairs
        and _has_probabilities(machine, pairs)
    )
    require(fits, machine, "has support vectors that do not fit together")
    _validate_features(machine)


def _has_kernel_rows(machine: Any) -> bool:
    """Whether its rows are those of a kernel; then it needs no vectors."""
    return callable(machine.kernel) or machine.kernel == "precomputed"


def _is_regression(machine: Any) -> bool:
    return machine._impl not in {"c_svc", "nu_svc"}


def _has_coefficients(machine: Any, shape: tuple[int, int]) -> bool:
    coefficients = machine._dual_coef_
    # libsvm reads only the entries of sparse coefficients.
    entries = len(coefficients.data) if machine._sparse else prod(coefficients.shape)
    return coefficients.shape == shape and entries == prod(shape)


def _has_probabilities(machine: Any, pairs: int) -> bool:
    """Whether there are numbers for probabilities exactly where libsvm reads them."""
    sizes = {machine._probA.size, machine._probB.size}
    asked = machine._effective_probability
    return type(asked) is bool and (sizes == {pairs} if asked else sizes <= {0, pairs})


def _validate_features(machine: Any) -> None:
    is_sparse = scipy.sparse.issparse(machine.support_vectors_)
    fits = type(machine._sparse) is bool and machine._sparse == is_sparse
    require(fits, machine, "has vectors of another kind")
    if not _has_kernel_rows(machine):
        width = machine.support_vectors_.shape[1]
        require(width == machine.n_features_in_, machine, "has vectors of other features")
        return
    # libsvm takes the first entry of a sparse vector for the number of a row of the kernel.
    require(not is_sparse, machine, "has sparse vectors for rows of a kernel")
    require_within(machine, machine.support_, machine.shape_fit_[0])
    if callable(machine.kernel):
        rows = len(machine._BaseLibSVM__Xfit)
        require(rows == machine.shape_fit_[0], machine, "has a kernel of other rows")
