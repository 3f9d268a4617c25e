"""The engine beside the estimators' own methods; equality/ has it over many kinds and tables."""

from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.svm import LinearSVC

from runtimes.model_process.errors import ModelError
from runtimes.model_process.predictions import Predictor, rows_of, sequential
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import AGES, FRAME, SURVIVED, TEXTS

WAYS = [False, True]


class Fake:
    """A classifier of another library, whose answers are given."""

    _estimator_type = "classifier"

    def __init__(self, values, probabilities, classes):
        self._values, self._probabilities, self.classes_ = values, probabilities, classes

    def predict(self, rows):
        return np.asarray(self._values)

    def predict_proba(self, rows):
        return np.asarray(self._probabilities)


@pytest.mark.parametrize("is_plain", WAYS)
def test_labels_and_the_probability_of_the_positive_class(is_plain):
    model = models.pipeline()
    predictor = Predictor(model, "frame", is_plain=is_plain)
    (output,) = predictor.predict(FRAME)
    assert predictor.has_probabilities
    assert np.array_equal(output.values, model.predict(FRAME))
    assert np.array_equal(output.probabilities, model.predict_proba(FRAME)[:, 1])


@pytest.mark.parametrize("is_plain", WAYS)
def test_of_several_classes_the_probability_is_the_predicted_one_s(is_plain):
    model = RandomForestClassifier(5, random_state=0).fit(AGES, ["a", "b", "c"] * 2)
    (output,) = Predictor(model, "frame", is_plain=is_plain).predict(AGES)
    assert np.array_equal(output.values, model.predict(AGES))
    assert np.array_equal(output.probabilities, model.predict_proba(AGES).max(axis=1))


@pytest.mark.parametrize("is_plain", WAYS)
def test_numbers_have_no_probability(is_plain):
    predictor = Predictor(models.regression(), "frame", is_plain=is_plain)
    (output,) = predictor.predict(AGES)
    assert not predictor.has_probabilities
    assert output.probabilities is None
    assert np.array_equal(output.values, models.regression().predict(AGES))


@pytest.mark.parametrize("is_plain", WAYS)
def test_a_classifier_without_probabilities_gives_labels_alone(is_plain):
    model = LinearSVC().fit(AGES, SURVIVED)
    predictor = Predictor(model, "frame", is_plain=is_plain)
    assert not predictor.has_probabilities
    assert np.array_equal(predictor.predict(AGES)[0].values, model.predict(AGES))


@pytest.mark.parametrize("is_plain", WAYS)
def test_several_outputs_are_told_in_their_order(is_plain):
    model = models.forest_of_two()
    outputs = Predictor(model, "frame", is_plain=is_plain).predict(AGES)
    assert np.array_equal(np.column_stack([each.values for each in outputs]), model.predict(AGES))
    expected = [matrix[:, 1] for matrix in model.predict_proba(AGES)]
    assert [each.probabilities.tolist() for each in outputs] == [e.tolist() for e in expected]


@pytest.mark.parametrize("is_plain", WAYS)
def test_a_chain_gives_the_probability_of_each_positive_class(is_plain):
    model = models.chain()
    outputs = Predictor(model, "frame", is_plain=is_plain).predict(AGES)
    expected = model.predict_proba(AGES)
    assert np.array_equal(np.column_stack([each.probabilities for each in outputs]), expected)


@pytest.mark.parametrize("is_plain", WAYS)
@pytest.mark.parametrize(
    ("model", "frame", "takes", "rows"),
    [
        (models.on_array, AGES, "array", AGES.to_numpy()),
        (models.of_texts, pd.DataFrame({"any": TEXTS}), "texts", TEXTS),
    ],
    ids=["array", "texts"],
)
def test_rows_are_handed_over_as_the_model_takes_them(model, frame, takes, rows, is_plain):
    fitted = model()
    (output,) = Predictor(fitted, takes, is_plain=is_plain).predict(frame)
    assert np.array_equal(output.values, fitted.predict(rows))


def test_the_forms_of_rows():
    assert rows_of(FRAME, "frame") is FRAME
    assert rows_of(FRAME, "texts").tolist() == FRAME["age"].tolist()
    assert type(rows_of(FRAME, "array")) is np.ndarray


def test_a_search_answers_by_its_best_estimator():
    grid = {"logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(models.pipeline(), grid, cv=2).fit(FRAME, SURVIVED)
    (output,) = Predictor(search, "frame").predict(FRAME)
    assert np.array_equal(output.values, search.predict(FRAME))


@pytest.mark.parametrize("is_plain", WAYS)
def test_the_probability_is_found_where_classes_are_in_another_order(is_plain):
    fake = Fake(["b", "a", "c"], np.eye(3)[[0, 2, 1]] * 0.9, ["b", "c", "a"])
    (output,) = Predictor(fake, "frame", is_plain=is_plain).predict(FRAME[:3])
    assert output.probabilities.tolist() == [0.9, 0.9, 0.9]


@pytest.mark.filterwarnings("ignore:Outlier label -1:UserWarning")
def test_a_label_that_is_no_class_has_a_probability_of_zero():
    model = RadiusNeighborsClassifier(1.0, outlier_label=-1).fit([[0.0], [5.0], [9.0]], [0, 1, 2])
    (output,) = Predictor(model, "array").predict(pd.DataFrame({"x": [0.0, 100.0]}))
    assert output.values.tolist() == [0, -1]
    assert output.probabilities.tolist() == [1.0, 0.0]


def test_a_tie_is_for_the_model_s_own_method_to_decide():
    class Deciding(LogisticRegression):
        def predict(self, rows):
            return np.full(len(rows), 1)

    model = Deciding().fit(AGES, SURVIVED)
    model.coef_[:], model.intercept_[:] = 0.0, 0.0
    assert Predictor(model, "frame").predict(AGES)[0].values.tolist() == [1] * len(AGES)


@pytest.mark.parametrize("is_plain", WAYS)
def test_rows_that_the_model_refuses_are_its_words(is_plain):
    predictor = Predictor(models.pipeline(), "frame", is_plain=is_plain)
    with pytest.raises(
        ModelError, match=r"cannot score these rows: ValueError: .*unknown"
    ) as error:
        predictor.predict(FRAME.assign(sex="?"))
    assert error.value.reason == "MODEL_REFUSED_ROWS"
    assert len(predictor.predict(FRAME)[0].values) == len(FRAME)


@pytest.mark.parametrize("values", [[0], [[[0]]] * 6, 0])
def test_answers_of_another_number_of_rows_are_an_error(values):
    fake = Fake(values, [[0.5, 0.5]] * 6, [0, 1])
    fake._estimator_type = "regressor"
    with pytest.raises(ModelError, match="6 rows with an array of shape") as error:
        Predictor(fake, "frame").predict(FRAME)
    assert error.value.reason == "UNEXPECTED_SHAPE"


def test_a_column_of_one_value_a_row_is_one_output():
    fake = Fake([[value] for value in SURVIVED], None, [0, 1])
    fake._estimator_type = "regressor"
    (output,) = Predictor(fake, "frame").predict(FRAME)
    assert output.values.tolist() == SURVIVED


def test_threads_share_a_predictor():
    model = models.pipeline()
    predictor = Predictor(model, "frame")
    parts = [FRAME.iloc[[number % 6]] for number in range(60)]
    with ThreadPoolExecutor(8) as threads:
        found = [each[0].probabilities[0] for each in threads.map(predictor.predict, parts)]
    expected = model.predict_proba(FRAME)[:, 1]
    np.testing.assert_allclose(found, np.tile(expected, 10), rtol=1e-12)


def test_nothing_runs_in_parallel_inside_of_a_prediction():
    with sequential():
        assert joblib.effective_n_jobs(8) == 1
    assert joblib.effective_n_jobs(1) == 1
