"""The facts about a loaded object, which are JSON whatever it is."""

import datetime as dt
import json

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from jobs.models.description import ModelDescription
from runtimes.model_process.description import description, library_versions
from tests.unit.jobs.pickles.honest import honest_models
from tests.unit.jobs.sandbox import models

FRAME = pd.DataFrame({"age": [1.0, 2.0, 3.0], "sex": ["f", None, "m"], "deck": [3, 4, 5]})


class Other:
    """An estimator of a library that knows no scikit-learn."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def predict(self, rows):
        return [0] * len(rows)


def received(model):
    """The description as the product's process reads it."""
    return msgspec.json.decode(json.dumps(description(model)), type=ModelDescription)


@pytest.mark.parametrize("name", sorted(honest_models()))
def test_every_honest_model_has_a_description(name):
    honest = honest_models()[name]
    found = received(honest.estimator)
    assert found.predicts
    assert found.is_fitted
    assert found.estimator.startswith("sklearn.")


def test_a_classifier_of_a_frame():
    found = received(models.pipeline())
    assert (found.kind, found.takes, found.features) == ("classifier", "frame", ("age", "sex"))
    assert (found.outputs[0].type, found.outputs[0].classes) == ("INTEGER", (0, 1))
    assert (found.feature_count, found.output_count) == (2, None)


def test_a_regressor_of_two_numbers():
    found = received(LinearRegression().fit(FRAME[["age"]], FRAME[["age", "deck"]]))
    assert (found.kind, found.outputs, found.output_count) == ("regressor", None, 2)


@pytest.mark.parametrize(
    ("model", "takes", "count"),
    [(models.pipeline, "frame", 2), (models.on_array, "array", 1), (models.of_texts, "texts", 1)],
    ids=["frame", "array", "texts"],
)
def test_how_rows_are_handed_over(model, takes, count):
    found = received(model())
    assert (found.takes, found.feature_count) == (takes, count)


@pytest.mark.parametrize(
    "model",
    [LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression())],
    ids=["model", "pipeline"],
)
def test_a_model_that_was_never_fitted_says_so(model):
    assert not received(model).is_fitted


def test_an_estimator_that_knows_no_fitting_counts_as_fitted():
    assert received(Other()).is_fitted


def test_a_class_and_an_object_without_predict_predict_nothing():
    assert received(LogisticRegression).is_class
    assert not received(LogisticRegression).predicts
    assert not received(StandardScaler()).predicts


def test_the_parts_of_a_container_are_named():
    parts = received(models.parts()).parts
    assert [(each.key, each.predicts, each.transforms) for each in parts] == [
        ("scaler", False, True),
        ("model", True, False),
        ("columns", False, False),
    ]
    assert [each.key for each in received([1, models.on_array()]).parts] == ["0", "1"]
    assert len(received([0] * 1_000).parts) == 20
    assert len(received({"k" * 5_000: 1}).parts[0].key) == 100


@pytest.mark.parametrize(
    ("labels", "kind", "classes"),
    [
        (np.array(["a", "ö"]), "STRING", ("a", "ö")),
        (np.array(["a", "ö"], dtype=object), "STRING", ("a", "ö")),
        (np.array([False, True]), "BOOLEAN", (False, True)),
        (np.array([1, 2], dtype=np.uint8), "INTEGER", (1, 2)),
        (np.array([0.5, 1.5], dtype=np.float32), "FLOAT", (0.5, 1.5)),
        (np.array([1.0, np.inf]), "FLOAT", (1.0, "inf")),
        (np.array([1j]), None, ("1j",)),
        (np.array([1, "a"], dtype=object), None, (1, "a")),
        (np.array([dt.date(2026, 1, 1)], dtype=object), None, ("2026-01-01",)),
        (np.array([2**70, 1], dtype=object), None, (str(2**70), 1)),
    ],
    ids=str,
)
def test_labels_have_the_type_that_bigquery_has_for_them(labels, kind, classes):
    model = models.on_array()
    model.classes_ = labels
    (found,) = received(model).outputs
    assert (found.type, found.classes) == (kind, classes)


def test_of_many_labels_the_first_are_told():
    model = models.on_array()
    model.classes_ = np.arange(100_000)
    assert received(model).outputs[0].classes == tuple(range(100))


def test_a_value_is_told_that_each_encoder_knows():
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["sex"]),
        (OrdinalEncoder(), ["deck"]),
        remainder="passthrough",
    )
    model = make_pipeline(columns, LogisticRegression()).fit(FRAME, [0, 1, 0])
    found = received(model).known_values
    assert found["deck"] == 3
    assert set(found) <= {"sex", "deck"}


def test_a_column_that_an_encoder_knows_by_its_number_is_told_by_its_name():
    columns = make_column_transformer((OneHotEncoder(), [1]), ("passthrough", [0]))
    model = make_pipeline(columns, LogisticRegression()).fit(FRAME, [0, 1, 0])
    assert received(model).known_values == {"sex": "f"}


def test_an_encoder_at_the_beginning_knows_its_columns():
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(FRAME[["sex"]], [0, 1, 0])
    assert received(model).known_values == {"sex": "f"}


def test_categories_of_one_missing_value_are_no_known_value():
    frame = pd.DataFrame({"sex": [None, None, None], "x": [1.0, 2.0, 3.0]})
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["sex"]), remainder="passthrough"),
        LogisticRegression(),
    ).fit(frame, [0, 1, 0])
    assert received(model).known_values == {}


def test_the_versions_are_those_of_imported_libraries():
    found = library_versions()
    assert found["numpy"] == np.__version__
    assert set(found) <= {"catboost", "category_encoders", "imblearn", "joblib", "lightgbm"} | {
        *("numpy", "pandas", "pyarrow", "scipy", "sklearn", "xgboost")
    }
