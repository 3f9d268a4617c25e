"""Labels read off probabilities are those that `predict` would give, near ties included."""

import inspect

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import SVC
from sklearn.utils import all_estimators

from runtimes.model_process.labels import LABELS_BY_PROBABILITY, LABELS_BY_SCORE
from runtimes.model_process.predictions import Predictor

KNOWN = sorted(LABELS_BY_PROBABILITY | LABELS_BY_SCORE, key=lambda kind: kind.__name__)


def matrix(classes):
    """Rows of small whole numbers, so that many are equal and votes are tied."""
    rows, labels = make_classification(
        300, 6, n_informative=4, n_classes=classes, flip_y=0.3, random_state=1
    )
    return np.round(rows - rows.min()).clip(0, 12), labels


def small(kind):
    wanted = {"n_estimators": 4, "max_iter": 30, "early_stopping": False, "reg_param": 0.1}
    return kind(**{k: v for k, v in wanted.items() if k in inspect.signature(kind).parameters})


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.__name__)
def test_a_known_type_s_labels_are_those_of_predict(kind, classes):
    rows, labels = matrix(classes)
    model = small(kind).fit(rows, labels)
    probabilities = model.predict_proba(rows)
    if kind in LABELS_BY_PROBABILITY:
        assert np.array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(rows))
    highest = np.sort(probabilities, axis=1)
    clear = highest[:, -1] - highest[:, -2] > np.sqrt(np.finfo(float).eps)
    told = model.classes_[probabilities.argmax(axis=1)]
    assert np.array_equal(told[clear], model.predict(rows)[clear])


def test_known_types_are_scikit_learn_s_classifiers_themselves():
    theirs = {kind for _, kind in all_estimators(type_filter="classifier")}
    assert set(KNOWN) <= theirs


class Counting(LogisticRegression):
    """Overrides what decides, as any subclass may."""

    def predict(self, rows):
        return np.full(len(rows), self.classes_[0])


def answer(model, rows):
    model.feature_names_in_ = np.array([f"c{n}" for n in range(rows.shape[1])], dtype=object)
    return Predictor(model, "frame").predict(pd.DataFrame(rows, columns=model.feature_names_in_))


def test_a_subclass_is_asked_itself():
    rows, labels = matrix(2)
    model = Counting().fit(rows, labels)
    assert answer(model, rows)[0].values.tolist() == [0] * len(rows)


def test_a_machine_whose_probabilities_disagree_is_asked_itself():
    rows, labels = matrix(2)
    model = SVC(kernel="linear").fit(rows, labels)
    assert answer(model, rows)[0].probabilities is None


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [LogisticRegression, HistGradientBoostingClassifier])
def test_a_score_that_rounds_to_a_tie_is_for_predict_to_decide(kind):
    rows, labels = matrix(2)
    model = clone(small(kind)).fit(rows, labels)
    # A score this small is positive, and its probability is one half.
    if kind is LogisticRegression:
        model.coef_ = np.zeros_like(model.coef_)
        model.intercept_ = np.array([1e-18])
    else:
        model._predictors = []
        model._baseline_prediction = np.array([[1e-18]])
    assert (model.predict_proba(rows) == 0.5).all()
    assert (model.predict(rows) == 1).all()
    assert answer(model, rows)[0].values.tolist() == [1] * len(rows)


def test_saturated_probabilities_of_many_classes_are_a_tie_too():
    rows, labels = matrix(3)
    model = MultinomialNB().fit(rows, labels)
    model.feature_log_prob_ = np.zeros_like(model.feature_log_prob_)
    model.class_log_prior_ = np.array([0.0, 1e-17, 0.0])
    expected = model.predict(rows)
    assert answer(model, rows)[0].values.tolist() == expected.tolist()
