import json
import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from google.cloud import bigquery

from deployment.definitions import FOLDER
from jobs.drift.profile import training_baseline
from jobs.predict import predict
from jobs.prediction.run_record import insert_run_record
from jobs.prediction.task_errors import run_folder
from jobs.publishing.author_model import describe
from jobs.publishing.model_metadata import training_table
from local.demo.titanic import TARGET, passengers
from shared.clients import Clients


@pytest.fixture
def run(clients, processes):
    """Run a prediction in this process; the outcome is returned."""

    def one_task(request):
        now = datetime.now(UTC)
        folder = run_folder(request, clients, now=now)
        return predict(request, clients, folder, processes, now=now)

    return one_task


@pytest.fixture(scope="module")
def watched_model(models_bucket, registered, titanic):
    """The Titanic's model with the baseline that publishing gives it."""
    table, _ = training_table(passengers(), describe(titanic.pipeline), {})
    name = models_bucket.drop(
        titanic.pipeline, titanic.metadata | {"baseline": training_baseline(table)}
    )
    registered(name, "metadata IS NOT NULL")
    return name


def recorded(clients, run_id):
    runs = f"{clients.settings.dataset}.prediction_runs"
    query = f"SELECT input_profile, drift FROM {runs} WHERE run_id = '{run_id}'"
    (row,) = clients.bigquery.query_and_wait(query)
    return list(row.values())


def test_a_run_says_how_its_input_was_spread(run, request_for, clients, watched_model, caplog):
    request = request_for(model_name=watched_model, run_id="watched-1")
    outcome = run(request)
    profile, drift = recorded(clients, "watched-1")
    assert (profile, drift) == (outcome.input_profile, outcome.drift)
    assert (profile["rows"], profile["looked_at"]) == (328, 328)
    sexes = profile["features"]["Sex"]
    assert sum(sexes["values"].values()) + sexes["missing"] == 328
    assert drift["drifted"] == []
    assert drift["features"]["Age"] < drift["threshold"]
    mean = "CAST(JSON_VALUE(input_profile, '$.features.Age.mean') AS FLOAT64)"
    (row,) = clients.bigquery.query_and_wait(
        f"SELECT {mean} FROM {clients.settings.dataset}.prediction_runs WHERE run_id = 'watched-1'"
    )
    assert row[0] == pytest.approx(profile["features"]["Age"]["mean"])
    assert not [each for each in caplog.records if hasattr(each, "drifted")]


def test_an_input_that_has_drifted_is_a_warning_that_the_alert_waits_for(
    run, request_for, watched_model, warehouse, titanic, caplog
):
    older = titanic.unseen.drop(columns=TARGET).assign(Age=titanic.unseen["Age"] + 40)
    request = request_for(model_name=watched_model, input_table=warehouse.new_table(older))
    with caplog.at_level(logging.WARNING):
        outcome = run(request)
    assert outcome.drift["drifted"] == ["Age"]
    (warning,) = [each for each in caplog.records if getattr(each, "drifted", False)]
    assert "the input has drifted from the training rows: Age (PSI" in warning.message
    alerts = (FOLDER.parent / "alerts.tf").read_text()
    assert "jsonPayload.drifted=true" in alerts


def test_without_a_baseline_there_is_a_profile_and_no_drift(run, request_for, clients):
    run(request_for(run_id="unwatched-1"))
    profile, drift = recorded(clients, "unwatched-1")
    assert profile["features"]["Pclass"]["max"] == 3
    assert drift is None


def test_a_run_without_rows_has_no_profile(run, request_for, watched_model, warehouse, titanic):
    empty = warehouse.new_table(titanic.unseen[:0])
    outcome = run(request_for(model_name=watched_model, input_table=empty))
    assert (outcome.rows, outcome.input_profile, outcome.drift) == (0, None, None)


def test_a_table_of_an_older_release_takes_what_it_has_columns_for(run, request_for, clients):
    outcome = run(request_for(run_id="older-1"))
    schema = json.loads((FOLDER / "schemas/prediction_runs.json").read_text())
    older = [each for each in schema if each["name"] not in {"input_profile", "drift"}]
    clients.bigquery.create_dataset("older_release", exists_ok=True)
    table = f"{clients.bigquery.project}.older_release.prediction_runs"
    fields = [bigquery.SchemaField.from_api_repr(each) for each in older]
    clients.bigquery.create_table(bigquery.Table(table, schema=fields))
    settings = replace(clients.settings, dataset="older_release")
    insert_run_record(replace(outcome, run_id="older-2"), Clients(settings))
    rows = clients.bigquery.query_and_wait(f"SELECT run_id FROM {table}")
    assert [row["run_id"] for row in rows] == ["older-2"]
