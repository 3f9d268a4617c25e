"""Neighbors whose indexes or rows do not fit; test_objects.py has more of them in whole models."""

import numpy as np
import pytest
from sklearn.neighbors import (
    BallTree,
    KDTree,
    KernelDensity,
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestCentroid,
)

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import neighbors

ROWS = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [5.0, 5.0]])
LABELS = [0, 1, 0, 1]


def test_fitted_and_unfitted_estimators_are_valid():
    for index in (KDTree(ROWS, 1), BallTree(ROWS, 1, metric="minkowski", p=3), KDTree(ROWS)):
        neighbors.validate_neighbors_index(index)
    several = KNeighborsClassifier(1).fit(ROWS, np.column_stack([LABELS, LABELS]))
    for estimator in (
        *(KNeighborsClassifier(1).fit(ROWS, LABELS), KNeighborsClassifier(), several),
        *(KNeighborsRegressor(2).fit(ROWS, LABELS), LocalOutlierFactor(2, novelty=True).fit(ROWS)),
    ):
        neighbors.validate_neighbors(estimator)
    for density in (KernelDensity().fit(ROWS), KernelDensity()):
        neighbors.validate_density(density)
    neighbors.validate_centroids(NearestCentroid().fit(ROWS, LABELS))


def with_state(index, position, value):
    state = list(index.__getstate__())
    state[position] = value(state[position]) if callable(value) else value
    index.__setstate__(tuple(state))
    return index


def nodes(**values):
    def change(old):
        changed = np.array(old)
        for field, value in values.items():
            changed[field][-1] = value
        return changed

    return change


@pytest.mark.parametrize(
    ("position", "value", "flaw"),
    [
        (1, np.array([0, 1, 2]), "has another number of rows"),
        (1, np.array([0, 1, 2, 4]), "leads to a row twice, or to one"),
        (1, np.array([0, 1, 2, -1]), "leads to a row twice, or to one"),
        (1, np.array([0, 1, 2, 2]), "leads to a row twice"),
        (2, nodes(idx_end=5), "has a range of no rows"),
        (2, nodes(idx_start=4, idx_end=3), "has a range of no rows"),
        (2, nodes(is_leaf=0), "leads below its leaves"),
        (2, nodes(is_leaf=7), "leads below its leaves"),
        (2, nodes(idx_start=0), "leaves rows out"),
        (2, nodes(radius=np.nan), "has other bounds"),
        (2, nodes(radius=-1.0), "has other bounds"),
        (3, lambda bounds: np.array(bounds)[:1].copy(), "has other bounds"),
        (3, lambda bounds: np.array(bounds)[::-1].copy(), "has other bounds"),
        (3, lambda bounds: np.full_like(bounds, np.inf), "has other bounds"),
        (3, lambda bounds: np.array(bounds)[:, :1].copy(), "has other bounds"),
        (3, lambda bounds: np.array(bounds)[:, :, :1].copy(), "has other bounds"),
        (5, 60, "has another number of nodes"),
        (6, 1, "has another number of nodes"),
        (12, np.ones(3), "weighs other rows"),
    ],
)
def test_an_index_that_leads_outside_of_its_rows_is_refused(position, value, flaw):
    index = with_state(KDTree(ROWS, 1), position, value)
    with pytest.raises(UnsafePickleError, match=f"holds a KDTree that {flaw}"):
        neighbors.validate_neighbors_index(index)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"n_samples_fit_": 9}, "has another number of rows"),
        ({"_fit_X": ROWS[:, :1]}, "has rows of other features"),
        ({"_fit_X": ROWS[:, :1], "n_features_in_": 1}, "has an index of other rows"),
        ({"outputs_2d_": True}, "has labels of another kind"),
        ({"_y": np.array([0, 1])}, "has another number of labels"),
        ({"_y": np.array([0, 1, 0, 2])}, "points to a class that it has not"),
        ({"_y": np.array([0, 1, 0, -1])}, "points to a class that it has not"),
        ({"_y": np.array([0.0, 1, 0, 1])}, "points to a class that it has not"),
        ({"_fit_X": ROWS.astype(object)}, "has rows that are no numbers"),
        ({"n_features_in_": 9}, "has rows of other features"),
        ({"n_neighbors": 10**9}, "counts more neighbors than it has rows"),
    ],
)
def test_neighbors_with_rows_or_labels_that_do_not_fit_are_refused(attributes, flaw):
    estimator = changed(KNeighborsClassifier(1, algorithm="kd_tree"), **attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        neighbors.validate_neighbors(estimator)


def changed(estimator, **attributes):
    estimator.fit(ROWS, LABELS)
    vars(estimator).update(attributes)
    return estimator


def test_two_planes_bound_a_cube_and_one_a_ball():
    index = BallTree(ROWS, 1)
    bounds = np.array(index.__getstate__()[3]).repeat(2, axis=0)
    with pytest.raises(UnsafePickleError, match="holds a BallTree that has other bounds"):
        neighbors.validate_neighbors_index(with_state(index, 3, bounds))


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"_lrd": np.ones(1)}, "has densities of other rows"),
        ({"_distances_fit_X_": np.ones((4, 9))}, "has distances of other rows"),
        ({"n_neighbors_": 10**9}, "counts more neighbors than it has rows"),
    ],
)
def test_densities_of_other_rows_are_refused(attributes, flaw):
    outliers = changed(LocalOutlierFactor(2, novelty=True), **attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        neighbors.validate_neighbors(outliers)


def test_an_index_of_other_features_and_missing_centers_are_refused():
    with pytest.raises(UnsafePickleError, match="has an index of other features"):
        neighbors.validate_density(changed(KernelDensity(), n_features_in_=9))
    with pytest.raises(UnsafePickleError, match="has centers of other classes"):
        neighbors.validate_centroids(changed(NearestCentroid(), centroids_=np.zeros((1, 2))))
