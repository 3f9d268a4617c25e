"""Validates neighbors: indexes cover their rows, and rows have the features of the input."""

from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information
from sklearn.metrics._dist_metrics import DistanceMetric64, MinkowskiDistance64
from sklearn.neighbors import KernelDensity, LocalOutlierFactor, NearestCentroid
from sklearn.neighbors._kd_tree import KDTree64

from jobs.pickles.validation.arrays import count_of, require, require_array

_MAX_LEVELS = 60
# A search by radius keeps the default number, which may be more than the rows.
_MANY_NEIGHBORS = 1000


def validate_neighbors_index(index: Any) -> None:
    """Each node of a KDTree or BallTree covers the rows of its children; the last are leaves."""
    points, indices, nodes, bounds, *numbers, distance, weights = index.__getstate__()
    rows, features = points.shape
    levels, count = numbers[1:3]
    is_complete = 0 < levels <= _MAX_LEVELS and count == 2**levels - 1 == len(nodes)
    require(is_complete, index, "has another number of nodes")
    require(indices.shape == (rows,), index, "has another number of rows")
    leads_to_each = np.array_equal(np.sort(indices), np.arange(rows))
    require(leads_to_each, index, "leads to a row twice, or to one that it has not")
    _validate_nodes(index, nodes, rows)
    planes = 2 if isinstance(index, KDTree64) else 1
    require(bounds.shape == (planes, count, features), index, "has other bounds")
    _validate_bounds(index, nodes, bounds)
    require(weights is None or weights.shape == (rows,), index, "weighs other rows")
    require(isinstance(distance, DistanceMetric64), index, "has no distance")
    _validate_distance(index, distance, features)


def _validate_nodes(index: Any, nodes: Any, rows: int) -> None:
    start, end, is_leaf = nodes["idx_start"], nodes["idx_end"], nodes["is_leaf"]
    require(((start >= 0) & (start <= end) & (end <= rows)).all(), index, "has a range of no rows")
    require(((is_leaf == 0) | (is_leaf == 1)).all(), index, "leads below its leaves")
    require(is_leaf[len(nodes) // 2 :].all(), index, "leads below its leaves")
    require((start[0], end[0]) == (0, rows), index, "leaves rows out")
    inner = np.flatnonzero(is_leaf == 0)
    left, right = 2 * inner + 1, 2 * inner + 2
    covers = (
        (start[left] == start[inner]) & (end[left] == start[right]) & (end[right] == end[inner])
    )
    require(covers.all(), index, "leaves rows out")


def _validate_bounds(index: Any, nodes: Any, bounds: Any) -> None:
    reached = nodes["idx_end"] > nodes["idx_start"]
    within = bounds[:, reached]
    require(np.isfinite(within).all(), index, "has other bounds")
    radius = nodes["radius"][reached]
    require((np.isfinite(radius) & (radius >= 0)).all(), index, "has other bounds")
    if len(bounds) == 2:  # noqa: PLR2004
        require((within[0] <= within[1]).all(), index, "has other bounds")


def _validate_distance(index: Any, distance: Any, features: int) -> None:
    if isinstance(distance, MinkowskiDistance64):
        weights = distance.__getstate__()[1]
        require(len(weights) in {0, features}, index, "weighs other features")


def validate_neighbors(estimator: Any) -> None:
    """The index has the fitted rows, and each row's label is the index of a class."""
    if not hasattr(estimator, "_fit_X"):
        return
    fitted = estimator._fit_X
    rows, features = fitted.shape
    is_numeric = isinstance(fitted, np.ndarray) and fitted.dtype.kind in "biuf"
    require(is_numeric or scipy.sparse.issparse(fitted), estimator, "has rows that are no numbers")
    require(estimator.n_samples_fit_ == rows, estimator, "has another number of rows")
    require(estimator.n_features_in_ == features, estimator, "has rows of other features")
    searched = getattr(estimator, "n_neighbors", None)
    are_few = searched is None or count_of(estimator, searched) <= max(rows, _MANY_NEIGHBORS)
    require(are_few, estimator, "counts more neighbors than it has rows")
    if estimator._tree is not None:
        shape = estimator._tree.__getstate__()[0].shape
        require(shape == (rows, features), estimator, "has an index of other rows")
    labels = getattr(estimator, "_y", None)
    if labels is not None:
        has_rows = scipy.sparse.issparse(labels) or isinstance(labels, np.ndarray)
        fits = has_rows and labels.shape[:1] == (rows,)
        require(fits, estimator, "has another number of labels")
    if hasattr(estimator, "classes_"):
        _validate_labels(estimator, rows)
    if isinstance(estimator, LocalOutlierFactor):
        _validate_densities(estimator, rows)


def _validate_labels(estimator: Any, rows: int) -> None:
    have_columns = isinstance(estimator.classes_, list)
    require(bool(estimator.outputs_2d_) == have_columns, estimator, "has labels of another kind")
    classes = estimator.classes_ if have_columns else [estimator.classes_]
    labels = np.asarray(estimator._y).reshape(rows, -1)
    require(labels.dtype.kind == "i", estimator, "points to a class that it has not")
    require(labels.shape == (rows, len(classes)), estimator, "has another number of labels")
    for column, known in zip(labels.T, classes, strict=True):
        is_known = (column >= 0) & (column < len(known))
        require(is_known.all(), estimator, "points to a class that it has not")


def _validate_densities(outliers: Any, rows: int) -> None:
    neighbors = count_of(outliers, outliers.n_neighbors_)
    require(0 < neighbors < max(rows, 2), outliers, "counts more neighbors than it has rows")
    if hasattr(outliers, "_lrd"):
        require_array(outliers, outliers._lrd, (rows,), "has densities of other rows")
        require_array(
            outliers, outliers._distances_fit_X_, (rows, neighbors), "has distances of other rows"
        )


def validate_density(density: KernelDensity) -> None:
    """The index has the features of the input."""
    if hasattr(density, "tree_"):
        features = density.tree_.__getstate__()[0].shape[1]
        require(features == density.n_features_in_, density, "has an index of other features")


def validate_centroids(classifier: NearestCentroid) -> None:
    """Each class has a center."""
    if hasattr(classifier, "centroids_"):
        shape = (len(classifier.classes_), classifier.n_features_in_)
        require_array(classifier, classifier.centroids_, shape, "has centers of other classes")
