import re
from dataclasses import replace

import pytest

from local.demo.titanic import KEY, TARGET, train
from mlsys import bq_get, bq_put, gcs_put, gcs_put_pickle, predict
from shared.clients import Clients
from shared.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Transient
from tests.waiting import wait_for

MODEL = "notebook-titanic"
TRAINED = train()
PASSENGERS = TRAINED.unseen.drop(columns=TARGET)


@pytest.fixture(scope="module")
def model(notebook):
    """A registered model of who survived."""
    bucket = notebook.settings.models_bucket
    gcs_put(bucket, f"{MODEL}/v1/metadata.json", '{"target": "Survived"}', "application/json")
    gcs_put_pickle(bucket, f"{MODEL}/v1/model.pkl", TRAINED.pipeline)
    registry = f"SELECT 1 FROM {notebook.settings.dataset}.model_registry"
    wait_for(lambda: len(bq_get(f"{registry} WHERE model_name = @model", {"model": MODEL})))
    return MODEL


def test_a_line_scores_a_table_and_tells_what_was_committed(model, new_table):
    output = f"{new_table}_predicted"
    bq_put(PASSENGERS, new_table)
    outcome = predict(model, new_table, output, key_columns=[KEY], row_filter="Age >= 18")
    adults = int((PASSENGERS["Age"] >= 18).sum())
    assert outcome["rows"] == adults
    got = bq_get(f"SELECT * FROM {output}")
    assert set(got["RunId"]) == {outcome["run_id"]}
    assert list(got.columns[:3]) == [KEY, TARGET, "PredictionProbability"]


def test_what_the_gateway_refuses_is_an_error_in_its_words(model, new_table):
    with pytest.raises(NotFound, match="nobody"):
        predict("nobody", new_table, f"{new_table}_predicted")
    with pytest.raises(InvalidArgument, match="unknown parameter colour"):
        predict(model, new_table, f"{new_table}_predicted", colour="blue")


def test_a_prediction_that_fails_says_why(model, new_table):
    bq_put(PASSENGERS.assign(Age="old"), new_table)
    with pytest.raises(FailedPrecondition, match="old"):
        predict(model, new_table, f"{new_table}_predicted")


def test_who_does_not_wait_is_told_the_run_s_id(model, new_table):
    bq_put(PASSENGERS, new_table)
    with pytest.raises(Transient, match=r"it goes on, and run_id='(.*)'") as told:
        predict(model, new_table, f"{new_table}_predicted", wait_seconds=0)
    run_id = re.search(r"run_id='(.*)'", str(told.value))[1]
    again = predict(model, new_table, f"{new_table}_predicted", run_id=run_id)
    assert again["rows"] == len(PASSENGERS)
    assert bq_get(f"SELECT COUNT(*) AS n FROM {new_table}_predicted")["n"].item() == len(PASSENGERS)


@pytest.mark.parametrize(
    ("url", "kind", "sentence"),
    [
        ("", InvalidArgument, "GATEWAY_URL is not set"),
        ("http://127.0.0.1:9", Transient, "the gateway at http://127.0.0.1:9 gives no answer"),
        ("https://mlsys.invalid", PermissionDenied, "gcloud run services proxy mlsys-dev"),
    ],
)
def test_a_gateway_that_cannot_be_asked_is_named(
    notebook, monkeypatch, tmp_path, url, kind, sentence
):
    # No credentials, and no server that would give some.
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
    elsewhere = Clients(replace(notebook.settings, gateway_url=url))
    monkeypatch.setattr("mlsys.gateway.session", lambda: elsewhere)
    with pytest.raises(kind, match=sentence):
        predict("m", "a.b", "a.c")
