"""What an author's own model is, and its answers to its own rows."""

import datetime as dt
import json
import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from jobs.models.description import Labels
from jobs.models.golden_rows import KEY, MOST_BYTES, GoldenRows, compare_answers
from jobs.publishing.author_model import describe, golden_rows
from shared.errors import InvalidArgument
from tests.in_process_model import InProcessModel
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import AGES, FRAME, SURVIVED


def golden(model, frame, names=None):
    return golden_rows(model, describe(model), frame, names or list(frame))


def test_a_fitted_model_is_described_as_its_process_describes_it():
    found = describe(models.pipeline())
    assert (found.estimator, found.kind) == ("sklearn.pipeline.Pipeline", "classifier")
    assert (found.features, found.takes) == (("age", "sex"), "frame")
    assert found.outputs == (Labels("INTEGER", "int64", (0, 1)),)


@pytest.mark.parametrize("model", [StandardScaler().fit(AGES), {"a": 1}, LogisticRegression])
def test_what_does_not_predict_is_refused(model):
    with pytest.raises(InvalidArgument, match="publish a fitted model"):
        describe(model)


def test_a_raw_booster_is_described_as_the_estimator_that_it_becomes(monkeypatch):
    class Booster:
        feature_names = ("age", "fare")

        def num_features(self):
            return 2

    xgboost = ModuleType("xgboost")
    xgboost.Booster = Booster
    monkeypatch.setitem(sys.modules, "xgboost", xgboost)
    assert describe(Booster()).features == ("age", "fare")


@pytest.mark.parametrize(
    "model",
    [models.pipeline, models.regression, models.forest_of_two],
    ids=lambda model: model.__name__,
)
def test_the_engine_gives_the_same_answers_bit_for_bit(model):
    fitted = model()
    names = list(describe(fitted).features)
    content = json.loads(json.dumps(golden(fitted, FRAME, names)))
    rows = GoldenRows.from_metadata(content)
    assert rows.rows.num_rows == len(FRAME)
    assert compare_answers(rows, InProcessModel(fitted).predict(rows.rows)).is_exact


def test_a_model_without_probabilities_has_none():
    content = golden(LinearSVC().fit(AGES, SURVIVED), AGES)
    assert "probabilities" not in content[KEY]


def test_rows_are_spread_evenly_over_the_frame():
    frame = pd.DataFrame({"x": np.arange(1_000.0)})
    rows = golden(LinearRegression().fit(frame, frame["x"]), frame)[KEY]["rows"]["x"]
    assert len(rows) == 100
    assert (rows[0], rows[-1]) == (0.0, 999.0)
    assert max(np.diff(rows)) <= 11


def test_rows_that_are_long_are_fewer():
    frame = pd.DataFrame(
        np.random.default_rng(0).normal(size=(100, 400)),
        columns=[f"x{number}" for number in range(400)],
    )
    content = golden(LinearRegression().fit(frame, frame["x0"]), frame)
    rows = content[KEY]["rows"]["x0"]
    assert 10 <= len(rows) < 100
    assert len(json.dumps(content)) <= MOST_BYTES * 1.2


def test_a_row_that_is_too_long_alone_is_left_out():
    frame = pd.DataFrame({"x": [1.0, 2.0], "note": ["n" * MOST_BYTES] * 2})
    model = LinearRegression().fit(frame[["x"]], [1.0, 2.0])

    class Ignoring(LinearRegression):
        def predict(self, rows):
            return model.predict(rows[["x"]])

    assert golden(Ignoring().fit(frame[["x"]], [1.0, 2.0]), frame) == {}


def test_a_frame_without_rows_has_no_golden_rows():
    assert golden(models.regression(), AGES.iloc[:0]) == {}


@pytest.mark.parametrize(
    "column",
    [
        [dt.time(1)] * 6,
        [b"bytes"] * 6,
        [{"a": 1}] * 6,
        [None] * 6,
        [1.0, "a", 2.0, 3.0, 4.0, 5.0],
        [1.0, np.inf, 2.0, 3.0, 4.0, 5.0],
    ],
    ids=lambda column: str(column[1])[:20],
)
def test_columns_that_no_row_of_json_can_hold_give_no_golden_rows(column):
    frame = AGES.assign(other=pd.Series(column, dtype=object))
    if isinstance(column[1], float):
        frame = frame.astype(float)
    model = HistGradientBoostingRegressor(max_iter=1).fit(AGES, SURVIVED)
    model.feature_names_in_ = np.array(["age", "other"], dtype=object)
    model.n_features_in_ = 2
    assert golden(model, frame) == {}


@pytest.mark.parametrize(
    "model", [models.raising(), models.of_labels_without_a_type()], ids=["raising", "labels"]
)
def test_a_model_that_does_not_answer_its_own_rows_has_no_golden_rows(model):
    # The registration says what is wrong with it.
    assert golden(model, AGES) == {}


def test_missing_values_are_among_the_rows():
    frame = AGES.assign(age=[1.0, None, 3.0, 4.0, 5.0, 6.0])
    model = HistGradientBoostingRegressor(max_iter=1).fit(frame, SURVIVED)
    assert golden(model, frame)[KEY]["rows"]["age"][1] is None
