"""What stands where scikit-learn calls an estimator; test_objects.py has more in whole models."""

import ast
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import composition
from jobs.pickles.validation.composition import is_estimator, validate_composition
from tests.unit.jobs.pickles.honest import honest_models

NAMES = default_names()
ONE = LogisticRegression()


def held(**attributes):
    return SimpleNamespace(**attributes)


@pytest.mark.parametrize(
    "part",
    [
        Pipeline([("one", StandardScaler()), ("two", "passthrough"), ("three", None)]),
        FeatureUnion([("one", "drop"), ("two", ONE)]),
        ColumnTransformer([("one", ONE, [0])], remainder="passthrough"),
        StackingClassifier([("one", ONE), ("two", "drop")]),
        GradientBoostingClassifier(init="zero"),
        held(named_estimators_={"one": ONE}, estimators_=np.array([[ONE], [ONE]], dtype=object)),
        held(
            _remainder=("remainder", "drop", []), _label_encoder=[LabelEncoder()], indicator_=None
        ),
    ],
)
def test_estimators_and_words_for_none_are_valid(part):
    validate_composition(part, NAMES)


@pytest.mark.parametrize("name", ["calibrated sigmoid", "iterative imputer", "isolation forest"])
def test_fitted_estimators_are_valid(name):
    validate_composition(honest_models()[name].estimator, NAMES)


@pytest.mark.parametrize(
    "attributes",
    [
        {"estimator": np.zeros(3)},
        {"final_estimator_": {"predict": 1}},
        {"best_estimator_": np.log1p},
        {"remainder": "other"},
        {"transformer_": StandardScaler},
        {"estimators_": [ONE, np.zeros(3)]},
        {"estimators_": range(10**9)},
        {"estimators_": np.array([ONE, 1], dtype=object)},
        {"named_estimators_": {"one": len}},
        {"calibrators": ONE},
        {"steps": [("one", [ONE])]},
        {"steps": [("one", ONE), ONE]},
        {"steps": [(1, ONE)]},
        {"steps": {"one": ONE}},
        {"transformers_": [("one", np.zeros(1), [0])]},
        {"_remainder": ("remainder", len, [])},
        {"_tfidf": ONE},
        {"_label_encoder": [ONE]},
        {"calibrated_classifiers_": [ONE]},
        {"nbrs_": Ridge()},
    ],
)
def test_something_else_where_an_estimator_must_be_is_refused(attributes):
    with pytest.raises(UnsafePickleError, match="where an estimator must be"):
        validate_composition(held(**attributes), NAMES)


def test_an_estimator_is_of_an_allowed_class_or_the_operator_s_own():
    names = NAMES.with_custom(["types:SimpleNamespace"])
    assert is_estimator(ONE, NAMES)
    assert not is_estimator(held(), NAMES)
    assert is_estimator(held(), names)
    validate_composition(held(estimator=held()), names)


METHODS = {"predict", "predict_proba", "decision_function", "transform", "kneighbors"}
# Checked elsewhere, or of a class that no pickle makes.
OTHERS = {"_final_estimator": "the last of `steps`", "_loss": "places.py", "tree_": "places.py"}
OTHERS["est"] = "FrozenEstimator's documentation"


def called_attributes():
    """Each attribute of which the installed scikit-learn calls a method that predicts."""
    for path in Path(sklearn.__file__).parent.rglob("*.py"):
        if {"tests", "externals", "datasets"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Attribute(value=ast.Name(id="self"), attr=attribute), attr=method
                    )
                ) if method in METHODS:
                    yield attribute


def test_every_attribute_that_scikit_learn_predicts_with_is_checked():
    known = composition._ESTIMATORS | composition._COLLECTIONS | composition._PARTS.keys()
    assert set(called_attributes()) <= known | OTHERS.keys()


def test_classes_of_scikit_learn_hold_what_the_rule_names():
    words = VotingClassifier([("one", ONE)]).fit([[0.0], [1.0]], [0, 1])
    text = TfidfVectorizer().fit(["a word"])
    calibrated = CalibratedClassifierCV(ONE, cv=2).fit([[0.0], [1.0]] * 4, [0, 1] * 4)
    for part in (words, text, calibrated, calibrated.calibrated_classifiers_[0]):
        validate_composition(part, NAMES)
