"""What prediction_kinds and feature_names find out from estimators, without any scoring."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jobs.models.estimators import PredictionKind, feature_names, prediction_kinds
from shared.errors import FailedPrecondition

FRAME = pd.DataFrame({"age": [1.0, 2.0, 3.0, 4.0], "fare": [1.0, 0.0, 1.0, 0.0]})
TWO_TARGETS = np.column_stack([FRAME["age"], FRAME["fare"]])
NUMBER = PredictionKind("FLOAT", with_probability=False)


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["no", "yes", "no", "yes"], "STRING"),
        ([0, 1, 0, 1], "INTEGER"),
        ([0.0, 1.0, 0.0, 1.0], "FLOAT"),
        ([False, True, False, True], "BOOLEAN"),
    ],
)
def test_a_classifier_predicts_its_labels_with_a_probability(labels, kind):
    model = LogisticRegression().fit(FRAME, labels)
    assert prediction_kinds(model) == (PredictionKind(kind, with_probability=True),)


def test_each_output_of_a_classifier_has_its_labels():
    labels = np.array([["a", 1], ["b", 2], ["a", 1], ["b", 2]], dtype=object)
    model = KNeighborsClassifier(1).fit(FRAME, labels[:, :1].repeat(2, axis=1))
    assert prediction_kinds(model) == (PredictionKind("STRING", with_probability=True),) * 2


def test_labels_without_a_type_in_bigquery_are_refused():
    model = LogisticRegression().fit(FRAME, [0, 1, 0, 1])
    model.classes_ = np.array([1, "a"], dtype=object)
    with pytest.raises(FailedPrecondition, match="have no type in BigQuery") as caught:
        prediction_kinds(model)
    assert caught.value.reason == "UNSUPPORTED_LABELS"


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (LinearRegression().fit(FRAME, FRAME["age"]), 1),
        (LinearRegression().fit(FRAME, TWO_TARGETS), 2),
        (make_pipeline(StandardScaler(), LinearRegression()).fit(FRAME, TWO_TARGETS), 2),
        (MultiOutputRegressor(LinearRegression()).fit(FRAME, TWO_TARGETS), 2),
    ],
    ids=str,
)
def test_a_regressor_predicts_as_many_numbers_as_it_was_fitted_on(model, count):
    assert prediction_kinds(model) == (NUMBER,) * count


def test_the_targets_of_the_metadata_say_how_many_numbers_a_regressor_predicts():
    model = LinearRegression().fit(FRAME, FRAME["age"])
    assert prediction_kinds(model, {"targets": ["a", "b", "c"]}) == (NUMBER,) * 3


def test_a_clusterer_predicts_the_number_of_a_cluster():
    model = KMeans(2, n_init=1).fit(FRAME)
    assert prediction_kinds(model) == (PredictionKind("INTEGER", with_probability=False),)


def test_features_are_the_estimator_s_else_the_metadata_s():
    model = LinearRegression().fit(FRAME, FRAME["age"])
    assert feature_names(model, {"features": ["other"]}) == ("age", "fare")
    nameless = LinearRegression().fit(FRAME.to_numpy(), FRAME["age"])
    assert feature_names(nameless, {"features": ["one", 2]}) == ("one", "2")
    with pytest.raises(FailedPrecondition, match="does not know its feature columns") as caught:
        feature_names(nameless, {})
    assert caught.value.reason == "FEATURES_UNKNOWN"
