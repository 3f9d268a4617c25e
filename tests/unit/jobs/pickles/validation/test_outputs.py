"""Widths of outputs that differ from what is written to them."""

import copy

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.multiclass import _ConstantPredictor
from sklearn.multioutput import ClassifierChain, RegressorChain
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import PolynomialFeatures, SplineTransformer

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import outputs

RANDOM = np.random.default_rng(0)
ROWS, LABELS = RANDOM.random((20, 3)), np.arange(20) % 2
PAIRS = np.column_stack([LABELS, 1 - LABELS])
POWERS = PolynomialFeatures(2).fit(ROWS)
SPLINES = SplineTransformer().fit(ROWS)
MIXTURE = GaussianMixture(2).fit(ROWS)
LAYERS = MLPClassifier((4,), max_iter=300, tol=0.5).fit(ROWS, LABELS)
CHAIN = ClassifierChain(LogisticRegression(), order=[1, 0]).fit(ROWS, PAIRS)
VOTING = VotingClassifier([("one", LogisticRegression())]).fit(ROWS, LABELS)
LOGISTIC = LogisticRegression().fit(ROWS, LABELS)


def several():
    """Fitted and unfitted estimators, each with its check."""
    for options in ({}, {"degree": (1, 3)}, {"interaction_only": True, "include_bias": False}):
        yield PolynomialFeatures(**options).fit(ROWS), outputs.validate_powers
    yield PolynomialFeatures(), outputs.validate_powers
    for options in ({}, {"include_bias": False}, {"extrapolation": "periodic"}):
        yield SplineTransformer(**options).fit(ROWS), outputs.validate_splines
    for target in (LABELS, PAIRS):
        yield DummyRegressor().fit(ROWS, target), outputs.validate_constant
        yield DummyClassifier().fit(ROWS, target), outputs.validate_constant
        yield MLPClassifier((2,), max_iter=300, tol=0.5).fit(ROWS, target), _layers
    for kind in ("full", "tied", "diag", "spherical"):
        yield GaussianMixture(2, covariance_type=kind).fit(ROWS), outputs.validate_mixture
    yield BayesianGaussianMixture(n_components=2).fit(ROWS), outputs.validate_mixture
    yield MLPRegressor(), _layers
    yield CHAIN, outputs.validate_chain
    yield RegressorChain(LogisticRegression()), outputs.validate_chain
    yield VOTING, outputs.validate_voting
    yield LOGISTIC, outputs.validate_classes


_layers = outputs.validate_perceptron


def test_fitted_and_unfitted_estimators_are_valid():
    for estimator, check in several():
        check(estimator)


@pytest.mark.parametrize(
    ("estimator", "check", "attributes", "flaw"),
    [
        (POWERS, outputs.validate_powers, {"_n_out_full": 99}, "has another width"),
        (POWERS, outputs.validate_powers, {"n_output_features_": 99}, "has another width"),
        (POWERS, outputs.validate_powers, {"_max_degree": 1}, "has other degrees"),
        (POWERS, outputs.validate_powers, {"include_bias": False}, "has another width"),
        (
            POWERS,
            outputs.validate_powers,
            {"n_features_in_": 10**5, "_n_out_full": 5000150001, "n_output_features_": 5000150001},
            "has more columns than a model needs",
        ),
        (SPLINES, outputs.validate_splines, {"n_features_out_": 10**9}, "has another width"),
        (SPLINES, outputs.validate_splines, {"bsplines_": []}, "has splines of other features"),
        (SPLINES, outputs.validate_splines, {"degree": 5}, "has splines of other degrees"),
        (MIXTURE, outputs.validate_mixture, {"weights_": np.ones(9)}, "lacks numbers"),
        (
            MIXTURE,
            outputs.validate_mixture,
            {"precisions_cholesky_": MIXTURE.precisions_cholesky_[:1]},
            "lacks numbers of a component",
        ),
        (MIXTURE, outputs.validate_mixture, {"n_features_in_": 2}, "has means of other features"),
        (CHAIN, outputs.validate_chain, {"order_": [0, 0]}, "has another order"),
        (CHAIN, outputs.validate_chain, {"order_": [0.0, 1.0]}, "has another order"),
        (LAYERS, _layers, {"n_layers_": 10**9}, "lacks a layer"),
        (LAYERS, _layers, {"n_features_in_": 2}, "has a layer of other widths"),
        (LAYERS, _layers, {"n_outputs_": 2}, "has other outputs than it says"),
        (LOGISTIC, outputs.validate_classes, {"classes_": range(2)}, "classes that are no array"),
        (LOGISTIC, outputs.validate_classes, {"classes_": np.eye(2)}, "classes that are no array"),
        (
            LOGISTIC,
            outputs.validate_classes,
            {"classes_": np.array([(1, 2), "a"], dtype=object)},
            "neither numbers nor texts",
        ),
        (
            LOGISTIC,
            outputs.validate_classes,
            {"n_classes_": 10**6},
            "has another number of classes than it says",
        ),
    ],
)
def test_an_output_of_another_width_is_refused(estimator, check, attributes, flaw):
    estimator = copy.deepcopy(estimator)
    vars(estimator).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        check(estimator)


def test_a_dummy_of_other_outputs_is_refused():
    for dummy in (DummyRegressor().fit(ROWS, LABELS), DummyClassifier().fit(ROWS, LABELS)):
        dummy.n_outputs_ = 10**9
        with pytest.raises(UnsafePickleError, match="has other outputs than it says"):
            outputs.validate_constant(dummy)


def test_a_vote_for_a_class_that_there_is_not_is_refused():
    voting = copy.deepcopy(VOTING)
    for classes in (np.array([0, 10**9]), np.array([-1, 0]), np.array(["a", "b"])):
        voting.estimators_[0].classes_ = classes
        with pytest.raises(UnsafePickleError, match="vote for a class that it has not"):
            outputs.validate_voting(voting)


def test_the_only_class_is_one_number():
    outputs.validate_only_class(_ConstantPredictor().fit(ROWS, np.array([1])))
    with pytest.raises(UnsafePickleError, match="predicts several classes for a row"):
        outputs.validate_only_class(_ConstantPredictor().fit(ROWS, np.ones(10**6)))
