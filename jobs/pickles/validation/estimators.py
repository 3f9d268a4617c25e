"""Validates neighbors, clusters and support vector machines."""

from math import prod
from typing import Any

import numpy as np
from sklearn.metrics._dist_metrics import MinkowskiDistance64

from jobs.pickles.validation.arrays import require, require_within

_MAX_THREADS = 1024


def validate_neighbors_index(index: Any) -> None:
    """Each node of a KDTree or BallTree covers a range of rows; the lowest level is leaves."""
    points, indices, nodes, bounds, _, levels, count, *_, weights = index.__getstate__()
    rows, features = points.shape
    require(0 < count == 2**levels - 1 == len(nodes), index, "has another number of nodes")
    require(len(indices) == rows, index, "has another number of rows")
    require(((indices >= 0) & (indices < rows)).all(), index, "leads to a row that it has not")
    start, end = nodes["idx_start"], nodes["idx_end"]
    require(((start >= 0) & (start <= end) & (end <= rows)).all(), index, "has a range of no rows")
    require(nodes["is_leaf"][count // 2 :].all(), index, "leads below its leaves")
    require(bounds.shape[1:] == (count, features) and len(bounds), index, "has other bounds")
    require(weights is None or weights.shape == (rows,), index, "weighs other rows")
    _validate_distance(index, features)


def _validate_distance(index: Any, features: int) -> None:
    distance = index.__getstate__()[11]
    if isinstance(distance, MinkowskiDistance64):
        weights = distance.__getstate__()[1]
        require(len(weights) in {0, features}, index, "weighs other features")


def validate_neighbors(estimator: Any) -> None:
    """The index has the fitted rows, and each row's label is the index of a class."""
    if not hasattr(estimator, "_fit_X"):
        return
    rows, features = estimator._fit_X.shape
    require(estimator.n_samples_fit_ == rows, estimator, "has another number of rows")
    if estimator._tree is not None:
        shape = estimator._tree.__getstate__()[0].shape
        require(shape == (rows, features), estimator, "has an index of other rows")
    if not hasattr(estimator, "classes_"):
        return
    have_columns = isinstance(estimator.classes_, list)
    require(bool(estimator.outputs_2d_) == have_columns, estimator, "has labels of another kind")
    if not have_columns:
        labels = np.asarray(estimator._y).ravel()
        require(len(labels) == rows, estimator, "has another number of labels")
        is_known = (labels >= 0) & (labels < len(estimator.classes_))
        require(is_known.all(), estimator, "points to a class that it has not")


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
    vectors, counts = machine.support_vectors_.shape[0], machine._n_support
    classes = len(counts)
    pairs = classes * (classes - 1) // 2
    fits = (
        machine.support_.shape == (vectors,)
        and classes > 1
        and (counts >= 0).all()
        and (_is_regression(machine) or counts.sum() == vectors)
        and _coefficient_count(machine) == (classes - 1) * vectors
        and machine._intercept_.size == pairs
        and {machine._probA.size, machine._probB.size} <= {0, pairs}
    )
    require(fits, machine, "has support vectors that do not fit together")
    _validate_features(machine)


def _is_regression(machine: Any) -> bool:
    return machine._impl not in {"c_svc", "nu_svc"}


def _coefficient_count(machine: Any) -> int:
    coefficients = machine._dual_coef_
    # libsvm reads only the entries of sparse coefficients.
    return len(coefficients.data) if machine._sparse else prod(coefficients.shape)


def _validate_features(machine: Any) -> None:
    if callable(machine.kernel) or machine.kernel == "precomputed":
        require_within(machine, machine.support_, machine.shape_fit_[0])
    else:
        width = machine.support_vectors_.shape[1]
        require(width == machine.n_features_in_, machine, "has vectors of other features")
