"""Whether a model's own answers are predictions at all."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from runtimes.model_process.checks import check
from runtimes.model_process.description import description
from tests.unit.jobs.pickles.honest import honest_models
from tests.unit.jobs.sandbox import models

ROWS = pd.DataFrame({"age": [1.0, 50.0, 20.0]})
WELL = {"raised": None, "problem": None, "is_fitted": True}


class Fake:
    """Answers what it is told to, and raises it when it is an error."""

    _estimator_type = "classifier"

    def __init__(self, values=(0, 1, 0), probabilities=((0.5, 0.5),) * 3, classes=(0, 1)):
        self._values, self._probabilities, self.classes_ = values, probabilities, classes

    def predict(self, rows):
        if isinstance(self._values, BaseException):
            raise self._values
        return self._values

    def predict_proba(self, rows):
        if isinstance(self._probabilities, BaseException):
            raise self._probabilities
        return self._probabilities


def problem(**answers):
    return check(Fake(**answers), ROWS, "frame")["problem"]


@pytest.mark.parametrize("name", sorted(honest_models()))
def test_every_honest_model_answers_well(name):
    honest = honest_models()[name]
    takes = description(honest.estimator)["takes"]
    assert check(honest.estimator, pd.DataFrame(honest.rows), takes) == WELL


@pytest.mark.parametrize("model", [models.chain, models.forest_of_two], ids=["chain", "forest"])
def test_models_of_several_outputs_answer_well(model):
    assert check(model(), ROWS, "frame") == WELL


def test_a_model_that_was_never_fitted_says_so():
    found = check(LogisticRegression(), ROWS, "frame")
    assert not found["is_fitted"]
    assert found["raised"].startswith("NotFittedError")
    found = check(Fake(values=NotFittedError("not yet")), ROWS, "frame")
    assert not found["is_fitted"]


def test_an_error_of_either_method_is_told():
    found = check(Fake(values=ValueError("too  many\ncolumns")), ROWS, "frame")
    assert found == {"raised": "ValueError: too many columns", "problem": None, "is_fitted": True}
    assert check(Fake(probabilities=KeyError("x")), ROWS, "frame")["raised"] == "KeyError: 'x'"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0, 1], "it answers 3 rows with an array of shape (2,)"),
        (5, "with an array of shape ()"),
        (np.zeros((3, 2, 1)), "with an array of shape (3, 2, 1)"),
        (np.zeros((2, 3)), "with an array of shape (2, 3)"),
    ],
)
def test_answers_of_another_shape_are_a_problem(values, words):
    assert words in problem(values=values)


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        (((0.5, 0.5),) * 2, "it gives probabilities of shape (2, 2) for 3 rows"),
        ((0.5, 0.5, 0.5), "it gives probabilities of shape (3,) for 3 rows"),
        (((0.5, 0.5), (np.nan, 0.5), (0.5, 0.5)), "it gives probabilities that are no numbers"),
        (((0.5, 0.5), (-0.1, 1.1), (0.5, 0.5)), "it gives a probability of -0.1"),
        (((0.5, 0.5), (0.0, 2.0), (0.5, 0.5)), "it gives a probability of 2"),
        (((0.5, 0.5), (0.5, 0.4), (0.5, 0.5)), "it gives probabilities whose sum is 0.9, not 1"),
    ],
)
def test_probabilities_that_are_none_are_a_problem(probabilities, words):
    assert words in problem(probabilities=probabilities)


@pytest.mark.parametrize(
    "probabilities",
    [
        ((0.25, 0.75),) * 3,
        ((0.25, 0.75), (0.0, 0.0), (1.0, 0.0)),  # no class is near enough
        ((0.0, 0.0),) * 3,
        np.full((3, 3), 1 / 3, np.float32),
        ((0.25, 0.750_05),) * 3,
        ((1.0,),) * 3,
    ],
    ids=str,
)
def test_probabilities_that_rounding_explains_are_well(probabilities):
    assert problem(probabilities=probabilities) is None


def test_a_regressor_is_asked_for_no_probabilities():
    fake = Fake(probabilities=ValueError("never asked"))
    fake._estimator_type = "regressor"
    assert check(fake, ROWS, "frame") == WELL


def test_each_output_s_probabilities_are_looked_at():
    fine, wrong = np.full((3, 2), 0.5), np.full((3, 2), 0.9)
    answers = {"values": np.zeros((3, 2)), "classes": [np.array([0, 1])] * 2}
    assert problem(probabilities=[fine, fine], **answers) is None
    assert "whose sum is 1.8" in problem(probabilities=[fine, wrong], **answers)


@pytest.mark.parametrize(
    ("takes", "kind"), [("frame", pd.DataFrame), ("array", np.ndarray), ("texts", pd.Series)]
)
def test_the_model_gets_its_rows_as_it_takes_them(takes, kind):
    class Looking(Fake):
        def predict(self, rows):
            self.seen = type(rows)
            return super().predict(rows)

    model = Looking()
    assert check(model, ROWS, takes) == WELL
    assert model.seen is kind
