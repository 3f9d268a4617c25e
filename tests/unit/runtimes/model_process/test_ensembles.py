"""Accelerated ensembles predict what scikit-learn's own code predicts."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from runtimes.model_process.ensembles import accelerated

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 1e300]


def matrix(rows=600, features=5, *, missing=0.1, seed=0):
    """Features of many values and of few, some of them missing."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(rows, features))
    values[:, 1::2] = np.round(values[:, 1::2])
    values[generator.random(values.shape) < missing] = np.nan
    return values


def target(rows, classes):
    score = np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1]) ** 2
    return np.digitize(score, np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1]))


BOOSTED = [
    (HistGradientBoostingClassifier(max_iter=40), 2),
    (HistGradientBoostingClassifier(max_iter=25, max_leaf_nodes=64, min_samples_leaf=3), 2),
    (HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=7), 4),
    (HistGradientBoostingRegressor(max_iter=40), 9),
    (HistGradientBoostingRegressor(max_iter=40, loss="poisson"), 9),
    (HistGradientBoostingRegressor(max_iter=40, loss="quantile", quantile=0.8), 9),
]
FORESTS = [
    (RandomForestClassifier(20, random_state=0), 2),
    (RandomForestClassifier(20, max_depth=3, random_state=0), 4),
    (ExtraTreesClassifier(20, random_state=0), 3),
    (RandomForestRegressor(20, random_state=0), 9),
    (ExtraTreesRegressor(20, random_state=0), 9),
]


def label(value):
    return type(value).__name__ if hasattr(value, "fit") else str(value)


def assert_same_predictions(ours, theirs, rows):
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(theirs, method):
            np.testing.assert_array_equal(
                getattr(ours, method)(rows), getattr(theirs, method)(rows)
            )


@pytest.mark.parametrize(("estimator", "classes"), BOOSTED + FORESTS, ids=label)
def test_the_predictions_are_equal_to_the_last_bit(estimator, classes):
    rows = matrix()
    estimator.fit(rows, target(rows, classes))
    ours = accelerated(estimator)
    assert ours is not estimator
    assert_same_predictions(ours, estimator, matrix(4_000, seed=1))
    assert_same_predictions(ours, estimator, matrix(1, seed=2))


@pytest.mark.parametrize(("estimator", "classes"), BOOSTED[:4:3] + FORESTS[:1], ids=label)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_row_of_any_table_gets_the_prediction_of_scikit_learn(estimator, classes, data):
    rows = matrix()
    if not hasattr(estimator, "n_features_in_"):
        estimator.fit(rows, target(rows, classes))
    edges = np.unique(rows[~np.isnan(rows)])[::97].tolist()
    is_forest = hasattr(estimator, "estimators_")  # which take no infinity, and float32 only
    specials = [0.0, -0.0, np.nan] if is_forest else SPECIAL
    number = st.sampled_from([*specials, *edges]) | st.floats(-5, 5)
    width = rows.shape[1]
    table = data.draw(st.lists(st.tuples(*[number] * width), min_size=1, max_size=30))
    assert_same_predictions(accelerated(estimator), estimator, np.array(table))


def test_a_row_at_the_threshold_goes_left():
    rows = matrix()
    model = HistGradientBoostingClassifier(max_iter=30).fit(rows, target(rows, 2))
    nodes = np.concatenate([iteration[0].nodes for iteration in model._predictors])
    inner = nodes[nodes["is_leaf"] == 0]
    table = np.zeros((len(inner), rows.shape[1]))
    table[np.arange(len(inner)), inner["feature_idx"]] = inner["num_threshold"]
    for beside in (table, np.nextafter(table, np.inf), np.nextafter(table, -np.inf)):
        assert_same_predictions(accelerated(model), model, beside)


def test_a_forest_keeps_frames_sparse_rows_and_refusals():
    rows = matrix(missing=0)
    frame = pd.DataFrame(rows, columns=[f"c{n}" for n in range(rows.shape[1])])
    model = RandomForestClassifier(20, random_state=0).fit(frame, target(rows, 2))
    ours = accelerated(model)
    assert_same_predictions(ours, model, frame)
    with pytest.raises(ValueError, match="feature names should match"):
        ours.predict_proba(frame[["c0", "c2"]])
    unnamed = RandomForestRegressor(20, random_state=0).fit(rows, target(rows, 9))
    sparse = scipy.sparse.csr_array(rows)
    np.testing.assert_array_equal(accelerated(unnamed).predict(sparse), unnamed.predict(sparse))


class Own(HistGradientBoostingClassifier):
    """May override anything."""


def fitted(kind, **options):
    rows = matrix(4_000, missing=0)
    labels = np.random.default_rng(0).integers(0, 2, len(rows))
    return kind(random_state=0, **options).fit(rows, labels)


@pytest.mark.parametrize(
    "model",
    [
        fitted(Own, max_iter=30),
        fitted(HistGradientBoostingClassifier, max_iter=4),
        fitted(HistGradientBoostingClassifier, max_iter=30, max_leaf_nodes=100),
        fitted(RandomForestClassifier, n_estimators=4),
    ],
    ids=["a subclass", "few trees", "many leaves", "a small forest"],
)
def test_an_estimator_without_gain_or_of_another_type_is_returned_unchanged(model):
    assert accelerated(model) is model


def test_categories_are_left_to_scikit_learn():
    rows = matrix(missing=0)
    rows[:, 1] = np.abs(rows[:, 1])
    model = HistGradientBoostingClassifier(max_iter=30, categorical_features=[1])
    model.fit(rows, target(rows, 2))
    assert accelerated(model) is model


def test_a_forest_of_several_outputs_is_left_to_scikit_learn():
    rows = matrix()
    model = RandomForestRegressor(20).fit(rows, np.column_stack([rows[:, 2] > 0, rows[:, 0] > 0]))
    assert accelerated(model) is model
