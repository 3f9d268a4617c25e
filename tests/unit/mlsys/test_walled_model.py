"""A model of somebody else's, asked from a notebook."""

import numpy as np
import pandas as pd
import pytest

from jobs.sandbox.model_processes import ModelProcesses
from mlsys import walled_model as walled_model_module
from mlsys.walled_model import walled_model
from shared.errors import FailedPrecondition, InvalidArgument
from shared.settings.settings import Settings
from tests.model_runtimes import VARIABLES
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import AGES, FRAME, TEXTS, dumped

SETTINGS = Settings.from_environ(VARIABLES)


@pytest.fixture
def load(processes, monkeypatch):
    """Loads a model; the servers of runtimes are those of the other tests."""

    class Shared(ModelProcesses):
        def __init__(self):
            super().__init__(processes.store)
            self._servers, self.is_closed = processes._servers, False

        def close(self):
            self.is_closed = True

    loaded, opened = [], []

    def of(_settings):
        opened.append(Shared())
        return opened[-1]

    def load(model):
        content = model if isinstance(model, bytes) else dumped(model)
        loaded.append(walled_model(content, SETTINGS, "gs://b/m.pkl"))
        return loaded[-1]

    monkeypatch.setattr(walled_model_module.ModelProcesses, "of", of)
    yield load
    for each in loaded:
        each.close()
    assert all(each.is_closed for each in opened)


def test_a_model_is_described_and_not_touched(load):
    model = load(models.pipeline())
    assert repr(model) == "<sklearn.pipeline.Pipeline behind the wall>"
    assert model.description.features == ("age", "sex")
    assert not hasattr(model, "steps")


def test_a_classifier_gives_predictions_and_probabilities(load):
    frame = FRAME.set_axis(list("uvwxyz"))
    answers = load(models.pipeline()).predict(frame)
    assert list(answers) == ["prediction", "probability"]
    assert list(answers.index) == list("uvwxyz")
    assert answers["prediction"].tolist() == models.pipeline().predict(FRAME).tolist()
    expected = models.pipeline().predict_proba(FRAME)[:, 1]
    assert np.array_equal(answers["probability"], expected)


def test_a_regressor_gives_predictions(load):
    answers = load(models.regression()).predict(FRAME)  # it takes the columns that it knows
    assert list(answers) == ["prediction"]
    assert np.array_equal(answers["prediction"], models.regression().predict(AGES))


def test_outputs_are_numbered_when_there_are_several(load):
    answers = load(models.forest_of_two()).predict(AGES)
    assert list(answers) == ["prediction_1", "probability_1", "prediction_2", "probability_2"]
    expected = models.forest_of_two().predict(AGES)
    assert np.array_equal(answers[["prediction_1", "prediction_2"]], expected)


def test_a_model_without_names_takes_the_columns_as_they_are(load):
    answers = load(models.on_array()).predict(AGES.rename(columns={"age": 0}))
    expected = models.on_array().predict(AGES.to_numpy())
    assert answers["prediction"].tolist() == expected.tolist()


def test_a_model_of_texts_takes_one_column_of_them(load):
    answers = load(models.of_texts()).predict(pd.DataFrame({"any": TEXTS}))
    assert answers["prediction"].tolist() == models.of_texts().predict(TEXTS).tolist()


def test_a_frame_that_lacks_columns_is_refused(load):
    with pytest.raises(InvalidArgument, match="the frame lacks the features sex"):
        load(models.pipeline()).predict(AGES)


def test_rows_that_the_model_refuses_are_refused_with_its_words(load):
    model = load(models.pipeline())
    with pytest.raises(FailedPrecondition, match="unknown categories"):
        model.predict(FRAME.assign(sex="?"))
    assert len(model.predict(FRAME)) == len(FRAME)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (dumped(models.parts()), "the file holds a dict around its parts"),
        (b"nonsense", "the file cannot be loaded"),
        (attacks("marker")["os.system"], "it names os.system, which no model needs"),
    ],
    ids=["parts", "nonsense", "hostile"],
)
def test_what_is_no_model_is_not_loaded_and_the_sentence_names_the_other_way(load, content, words):
    with pytest.raises(FailedPrecondition, match=r"gs://b/m\.pkl is not loaded: ") as caught:
        load(content)
    assert words in caught.value.message
    assert "trusted=True" in caught.value.message
    assert caught.value.reason == "PICKLE_REFUSED"


def test_a_model_that_is_asked_often_outlives_the_limits_of_an_inspection(load):
    session = load(models.regression())._session
    assert session._limits.cpu_seconds > 3_600
    assert session._limits.batch_seconds == SETTINGS.batch_seconds


def test_its_process_ends_with_the_block():
    with walled_model(dumped(models.regression()), SETTINGS, "gs://b/m.pkl") as model:
        (server,) = model._processes._servers.values()
        assert len(model.predict(AGES)) == len(AGES)
    assert not server.is_running
