"""Raw boosters as estimators; the packages here are fakes with the calls of the real ones."""

import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from runtimes.model_process.boosters import as_estimator
from runtimes.model_process.description import description
from runtimes.model_process.predictions import Predictor

ROWS = pd.DataFrame({"age": [1.0, 2.0], "fare": [3.0, 4.0]})


class FakeMatrix:
    def __init__(self, rows, nthread):
        assert nthread == 1
        self.rows = np.asarray(rows)


class FakeXgboostBooster:
    """Adds up the columns; for several classes, one matrix of shares."""

    def __init__(self, feature_names=None, classes=1):
        self.feature_names, self._classes = feature_names, classes

    def num_features(self):
        return 2

    def predict(self, matrix):
        sums = matrix.rows.sum(axis=1)
        return sums if self._classes == 1 else np.full((len(sums), self._classes), 0.5)


class FakeLightgbmBooster:
    def __init__(self, *names):
        self._names = list(names)

    def feature_name(self):
        return self._names

    def num_feature(self):
        return len(self._names)

    def predict(self, rows, num_threads):
        assert num_threads == 1
        return np.asarray(rows).sum(axis=1)


@pytest.fixture
def packages(monkeypatch):
    xgboost, lightgbm = ModuleType("xgboost"), ModuleType("lightgbm")
    xgboost.Booster, xgboost.DMatrix = FakeXgboostBooster, FakeMatrix
    lightgbm.Booster = FakeLightgbmBooster
    monkeypatch.setitem(sys.modules, "xgboost", xgboost)
    monkeypatch.setitem(sys.modules, "lightgbm", lightgbm)
    return xgboost


def test_what_is_no_booster_is_left_as_it_is(packages):
    model = object()
    assert as_estimator(model) is model


def test_without_the_packages_nothing_is_a_booster(monkeypatch):
    for name in ("xgboost", "lightgbm"):
        monkeypatch.setitem(sys.modules, name, None)
    booster = FakeXgboostBooster()
    assert as_estimator(booster) is booster


@pytest.mark.parametrize(
    "booster", [FakeXgboostBooster(["age", "fare"]), FakeLightgbmBooster("age", "fare")]
)
def test_a_booster_with_names_takes_frames(packages, booster):
    facts = description(as_estimator(booster))
    assert facts["features"] == ["age", "fare"]
    assert (facts["kind"], facts["takes"], facts["feature_count"]) == ("regressor", "frame", 2)


@pytest.mark.parametrize(
    "booster", [FakeXgboostBooster(), FakeLightgbmBooster("Column_0", "Column_1")]
)
def test_a_booster_without_names_takes_arrays(packages, booster):
    facts = description(as_estimator(booster))
    assert (facts["features"], facts["takes"], facts["feature_count"]) == (None, "array", 2)


@pytest.mark.parametrize(
    "booster", [FakeXgboostBooster(["age", "fare"]), FakeLightgbmBooster("age", "fare")]
)
def test_a_booster_predicts_on_one_thread(packages, booster):
    (output,) = Predictor(as_estimator(booster), "frame").predict(ROWS)
    assert (output.values.tolist(), output.probabilities) == ([4.0, 6.0], None)


def test_an_objective_of_several_classes_is_an_output_for_each(packages):
    outputs = Predictor(as_estimator(FakeXgboostBooster(classes=3)), "array").predict(ROWS)
    assert len(outputs) == 3
