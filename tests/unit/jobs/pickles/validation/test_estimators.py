"""Clusters and vector machines; test_objects.py has more of them in whole models."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.cluster import Birch, BisectingKMeans, KMeans
from sklearn.gaussian_process.kernels import RBF
from sklearn.svm import SVC, SVR

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import estimators

ROWS = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [5.0, 5.0]])
LABELS = [0, 1, 0, 1]


def test_fitted_and_unfitted_estimators_are_valid():
    for clusterer in (KMeans(2, n_init=1).fit(ROWS), KMeans()):
        estimators.validate_centers(clusterer)
    for clusterer in (BisectingKMeans(2).fit(ROWS), BisectingKMeans()):
        estimators.validate_center_tree(clusterer)
    for machine in (SVC().fit(ROWS, LABELS), SVR().fit(ROWS, LABELS), SVC()):
        estimators.validate_vector_machine(machine)
    estimators.validate_birch(Birch())


def changed(estimator, **attributes):
    estimator.fit(ROWS, LABELS)
    vars(estimator).update(attributes)
    return estimator


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
        {"_dual_coef_": np.zeros((4, 1))},
        {"support_vectors_": np.zeros((3, 2))},
        {"_intercept_": np.zeros(2)},
        {"_probA": np.zeros(3)},
        {"_effective_probability": True},
        {"_effective_probability": 10**9},
    ],
)
def test_support_vectors_that_do_not_fit_together_are_refused(attributes):
    with pytest.raises(UnsafePickleError, match="has support vectors that do not fit together"):
        estimators.validate_vector_machine(changed(SVC(), **attributes))


def test_vectors_have_the_features_of_the_input_or_rows_of_the_kernel():
    with pytest.raises(UnsafePickleError, match="has vectors of other features"):
        estimators.validate_vector_machine(changed(SVC(), n_features_in_=3))
    machine = SVC(kernel="precomputed").fit(ROWS @ ROWS.T, LABELS)
    estimators.validate_vector_machine(machine)
    machine.shape_fit_ = (2, 2)
    with pytest.raises(UnsafePickleError, match="has entries outside of it"):
        estimators.validate_vector_machine(machine)


def test_rows_of_a_kernel_are_dense_and_as_many_as_were_fitted():
    machine = changed(SVC(kernel=RBF()))
    estimators.validate_vector_machine(machine)
    machine._BaseLibSVM__Xfit = ROWS[:1]
    with pytest.raises(UnsafePickleError, match="has a kernel of other rows"):
        estimators.validate_vector_machine(machine)
    machine = SVC().fit(sparse.csr_matrix(ROWS), LABELS)
    estimators.validate_vector_machine(machine)
    machine._sparse = False
    with pytest.raises(UnsafePickleError, match="has vectors of another kind"):
        estimators.validate_vector_machine(machine)
    machine = SVC(kernel="precomputed").fit(ROWS @ ROWS.T, LABELS)
    machine.support_vectors_ = sparse.csr_matrix((0, 0))
    machine._dual_coef_ = sparse.csr_matrix(machine._dual_coef_)
    machine._sparse = True
    with pytest.raises(UnsafePickleError, match="has sparse vectors for rows of a kernel"):
        estimators.validate_vector_machine(machine)
