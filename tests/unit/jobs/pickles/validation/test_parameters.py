"""Parameters that scikit-learn's own rules accept, and others."""

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.parameters import validate_parameters

NAMES = default_names()


@pytest.mark.parametrize(
    "estimator",
    [
        SVC(C=np.float64(2.0), gamma=0.1),
        RandomForestClassifier(max_features=0.5, random_state=np.random.RandomState(0)),
        AdaBoostClassifier(DecisionTreeClassifier()),
        CountVectorizer(vocabulary=["a", "b"]),
        CountVectorizer(vocabulary={"a": 0}),
        OneHotEncoder(categories=[np.array(["a"])], drop=["a"]),
        Ridge(alpha=np.ones(2)),
        Pipeline([]),
    ],
)
def test_values_that_fit_accepts_are_valid(estimator):
    validate_parameters(estimator, NAMES)


@pytest.mark.parametrize(
    ("estimator", "parameter"),
    [
        (SVC(C=-1.0), "C"),
        (SVC(kernel="other"), "kernel"),
        (SVC(kernel="x" * 1000), "kernel"),
        (SVC(degree=2.5), "degree"),
        (LogisticRegression(max_iter="100"), "max_iter"),
        (QuantileTransformer(output_distribution="expon"), "output_distribution"),
        (AdaBoostClassifier(np.zeros(3)), "estimator"),
        (AdaBoostClassifier({"fit": 1}), "estimator"),
        (CountVectorizer(vocabulary=Ridge()), "vocabulary"),
        (Pipeline({"a": Ridge()}), "steps"),
    ],
)
def test_values_that_fit_refuses_are_refused(estimator, parameter):
    with pytest.raises(UnsafePickleError, match=f"whose {parameter} scikit-learn does not accept"):
        validate_parameters(estimator, NAMES)


def test_one_and_true_are_not_the_same_value():
    validate_parameters(Ridge(fit_intercept=True, max_iter=1), NAMES)
    with pytest.raises(UnsafePickleError, match="whose max_iter scikit-learn does not accept"):
        validate_parameters(Ridge(max_iter=1.0), NAMES)


def test_attributes_that_are_no_parameters_are_left_to_other_rules():
    estimator = Ridge()
    estimator.notes = "anything"
    validate_parameters(estimator, NAMES)


@pytest.mark.parametrize("memory", ["a folder", Ridge(), 7])
@pytest.mark.parametrize("kind", [AgglomerativeClustering, Pipeline, FeatureUnion])
def test_results_are_kept_in_no_folder(kind, memory):
    estimator = kind.__new__(kind)
    estimator.memory = None
    validate_parameters(estimator, NAMES)
    estimator.memory = memory
    with pytest.raises(UnsafePickleError, match="that keeps results in a folder"):
        validate_parameters(estimator, NAMES)
