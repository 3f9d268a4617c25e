"""Indexes of neighbors whose bounds and nodes do not fit their rows, and rows of other features."""

import pickle

import numpy as np
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor, NearestCentroid

from tests.unit.jobs.pickles.altered.models import (
    ROWS,
    altered,
    changed_index,
    fitted,
    honest,
)

_KD, _BALL = "kd_tree", "ball_tree"


def attacks(folder):
    """Each attack by its name."""
    yield from _bounds()
    yield from _nodes()
    yield from _rows()


def _with_index(name, **items):
    model = fitted(KNeighborsClassifier, algorithm=name, leaf_size=2, n_neighbors=3)
    changed_index(model._tree, **items)
    return model


def _bounds():
    yield "one plane of bounds", _with_index(_KD, bounds=lambda bounds: bounds[:1].copy())
    yield (
        "bounds of one node",
        _with_index(_KD, bounds=lambda bounds: np.ascontiguousarray(bounds[:, :1])),
    )
    yield (
        "bounds that are no numbers",
        _with_index(_KD, bounds=lambda bounds: np.full_like(bounds, np.nan)),
    )
    yield (
        "lower bounds above the upper ones",
        _with_index(_KD, bounds=lambda bounds: bounds[::-1].copy()),
    )
    yield "two planes of a ball", _with_index(_BALL, bounds=lambda bounds: bounds.repeat(2, axis=0))
    yield (
        "a center that is no number",
        _with_index(_BALL, bounds=lambda bounds: np.full_like(bounds, np.inf)),
    )


def _changed(field, position, value):
    def change(nodes):
        nodes[field][position] = value
        return nodes

    return change


def _nodes():
    yield "a node that leaves rows out", _with_index(_KD, nodes=_changed("idx_end", 0, 1))
    yield "nodes that overlap", _with_index(_KD, nodes=_changed("idx_start", -1, 0))
    yield "a radius that is no number", _with_index(_BALL, nodes=_changed("radius", 0, np.nan))
    yield "a negative radius", _with_index(_BALL, nodes=_changed("radius", 0, -1.0))
    yield "a leaf that is two", _with_index(_KD, nodes=_changed("is_leaf", 0, 7))
    yield "a row that stands twice", _with_index(_KD, indices=np.zeros_like)
    yield "levels without end", _with_index(_KD, levels=10**6)


def _rows():
    model = honest("k neighbors brute")
    yield "rows of other features", altered(model, _fit_X=np.ones((len(ROWS), 1)))
    many = honest("k neighbors brute")
    yield "rows of more features", altered(many, _fit_X=np.ones((len(ROWS), 10**5)))
    yield (
        "rows of another type",
        altered(honest("k neighbors brute"), _fit_X=np.ones((len(ROWS), 3), dtype=object)),
    )
    model = honest("k neighbors brute")
    yield "more neighbors than rows", altered(model, n_neighbors=10**9)
    other = np.ones((len(ROWS), 3)).astype(">f8")
    yield (
        "rows of another byte order",
        pickle.dumps(altered(honest("k neighbors brute"), _fit_X=other), 5),
    )
    outliers = fitted(LocalOutlierFactor, "none", novelty=True)
    yield "densities of other rows", altered(outliers, _lrd=np.ones(1))
    centroid = fitted(NearestCentroid, "three")
    yield "centers of fewer classes", altered(centroid, centroids_=np.zeros((1, 3)))
    regressor = honest("neighbors regressor")
    yield "targets of other rows", altered(regressor, _y=np.ones(1))
