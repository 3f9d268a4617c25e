"""One pass tells what the estimator's own methods tell, however the table is cut into batches."""

import warnings
from inspect import signature

import pytest
from sklearn.base import is_classifier
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from jobs.predictions import LABELS_BY_PROBABILITY, LABELS_BY_SCORE
from tests.unit.jobs.equality.tables import (
    assert_equal,
    encoded,
    frame,
    labels,
    sample,
    scored,
    target,
)

BY_PROBABILITY = sorted(LABELS_BY_PROBABILITY | LABELS_BY_SCORE, key=lambda kind: kind.__name__)
OTHERS = [
    FixedThresholdClassifier(LogisticRegression(), threshold=0.8),
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}),
    RidgeClassifier(),
    SVC(),
]
REGRESSORS = [
    DecisionTreeRegressor(max_depth=4),
    HistGradientBoostingRegressor(max_iter=20),
    KNeighborsRegressor(),
    RandomForestRegressor(20),
    Ridge(),
    SVR(),
]


def fitted(estimator, wanted):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is not the question
        return make_pipeline(encoded(), estimator).fit(frame(sample()), wanted)


def check(model):
    # Matrix products of few rows may round otherwise than those of many: hence not to the bit.
    exactly = not is_classifier(model) and not isinstance(model[-1], Ridge | SVR)
    with threadpool_limits(1):
        for rows in (10_000, 150, 37):
            output = scored(model, sample(), rows=rows)
            assert_equal(output, model, frame(sample()), exactly=exactly)


@pytest.mark.parametrize("values", [[0, 1], ["a", "b", "ö"]], ids=["binary", "three"])
@pytest.mark.parametrize("kind", BY_PROBABILITY, ids=lambda kind: kind.__name__)
def test_labels_told_by_probabilities_are_the_estimator_s_own(kind, values):
    regular = {"reg_param": 0.1} if "reg_param" in signature(kind).parameters else {}
    check(fitted(kind(**regular), labels(values)))


@pytest.mark.parametrize("estimator", OTHERS, ids=lambda each: type(each).__name__)
def test_labels_that_probabilities_do_not_tell_are_asked_for(estimator):
    check(fitted(estimator, labels([0, 1])))


@pytest.mark.parametrize("estimator", REGRESSORS, ids=lambda each: type(each).__name__)
def test_numbers_are_the_estimator_s_own(estimator):
    check(fitted(estimator, target()))
