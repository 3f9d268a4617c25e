"""Neighbors, clusters and vector machines; test_objects.py has more of them in whole models."""

import numpy as np
import pytest
from sklearn.cluster import Birch, BisectingKMeans, KMeans
from sklearn.neighbors import BallTree, KDTree, KNeighborsClassifier
from sklearn.svm import SVC, SVR

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import estimators

ROWS = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [5.0, 5.0]])
LABELS = [0, 1, 0, 1]


def test_fitted_and_unfitted_estimators_are_valid():
    for index in (KDTree(ROWS, 1), BallTree(ROWS, 1, metric="minkowski", p=3)):
        estimators.validate_neighbors_index(index)
    for neighbors in (KNeighborsClassifier(1).fit(ROWS, LABELS), KNeighborsClassifier()):
        estimators.validate_neighbors(neighbors)
    for clusterer in (KMeans(2, n_init=1).fit(ROWS), KMeans()):
        estimators.validate_centers(clusterer)
    for clusterer in (BisectingKMeans(2).fit(ROWS), BisectingKMeans()):
        estimators.validate_center_tree(clusterer)
    for machine in (SVC().fit(ROWS, LABELS), SVR().fit(ROWS, LABELS), SVC()):
        estimators.validate_vector_machine(machine)
    estimators.validate_birch(Birch())


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
        (1, np.array([0, 1, 2, 4]), "leads to a row that it has not"),
        (1, np.array([0, 1, 2, -1]), "leads to a row that it has not"),
        (2, nodes(idx_end=5), "has a range of no rows"),
        (2, nodes(idx_start=4, idx_end=3), "has a range of no rows"),
        (2, nodes(is_leaf=0), "leads below its leaves"),
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
        estimators.validate_neighbors_index(index)


def changed(estimator, **attributes):
    estimator.fit(ROWS, LABELS)
    vars(estimator).update(attributes)
    return estimator


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"n_samples_fit_": 9}, "has another number of rows"),
        ({"_fit_X": ROWS[:, :1]}, "has an index of other rows"),
        ({"outputs_2d_": True}, "has labels of another kind"),
        ({"_y": np.array([0, 1])}, "has another number of labels"),
        ({"_y": np.array([0, 1, 0, 2])}, "points to a class that it has not"),
        ({"_y": np.array([0, 1, 0, -1])}, "points to a class that it has not"),
    ],
)
def test_neighbors_with_rows_or_labels_that_do_not_fit_are_refused(attributes, flaw):
    neighbors = changed(KNeighborsClassifier(1, algorithm="kd_tree"), **attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        estimators.validate_neighbors(neighbors)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"cluster_centers_": np.zeros((0, 2))}, "has no centers"),
        ({"cluster_centers_": [[0.0, 1.0]]}, "has no centers"),
        ({"cluster_centers_": np.zeros((2, 3))}, "has centers of other features"),
        ({"_n_threads": 0}, "asks for threads that no computer has"),
        ({"_n_threads": 1.0}, "asks for threads that no computer has"),
    ],
)
def test_centers_and_threads_that_are_not_possible_are_refused(attributes, flaw):
    with pytest.raises(UnsafePickleError, match=flaw):
        estimators.validate_centers(changed(KMeans(2, n_init=1), **attributes))


def test_a_tree_of_centers_with_a_cycle_is_refused():
    clusterer = BisectingKMeans(2).fit(ROWS)
    clusterer._bisecting_tree.left.left = clusterer._bisecting_tree
    with pytest.raises(UnsafePickleError, match="leads back to a node it came from"):
        estimators.validate_center_tree(clusterer)


@pytest.mark.parametrize(
    "attributes",
    [
        {"support_": np.array([0], dtype=np.int32)},
        {"_n_support": np.array([4], dtype=np.int32)},
        {"_n_support": np.array([5, -1], dtype=np.int32)},
        {"_n_support": np.array([2, 3], dtype=np.int32)},
        {"_dual_coef_": np.zeros((2, 4))},
        {"_intercept_": np.zeros(2)},
        {"_probA": np.zeros(3)},
    ],
)
def test_support_vectors_that_do_not_fit_together_are_refused(attributes):
    with pytest.raises(UnsafePickleError, match="has support vectors that do not fit together"):
        estimators.validate_vector_machine(changed(SVC(), **attributes))


def test_vectors_have_the_features_of_the_input_or_rows_of_the_kernel():
    with pytest.raises(UnsafePickleError, match="has vectors of other features"):
        estimators.validate_vector_machine(changed(SVC(), n_features_in_=3))
    with pytest.raises(UnsafePickleError, match="has entries outside of it"):
        estimators.validate_vector_machine(changed(SVC(), kernel="precomputed", shape_fit_=(2, 2)))
