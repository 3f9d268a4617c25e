from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from google.cloud import bigquery
from sklearn.linear_model import LinearRegression

from jobs.predict import predict
from jobs.prediction.plan import PLAN
from jobs.prediction.task_errors import run_folder
from shared.errors import Conflict, FailedPrecondition, NotFound, PermissionDenied

COLUMNS = "PassengerId, Survived, PredictionProbability"


@pytest.fixture
def run(clients, processes):
    """Run a prediction in this process, as one task of one."""

    def one_task(request, now=None):
        now = now or datetime.now(UTC)
        folder = run_folder(request, clients, now=now)
        return predict(request, clients, folder, processes, now=now)

    return one_task


def test_predictions_equal_the_pipeline_s_own(run, request_for, warehouse, expected):
    request = request_for()
    outcome = run(request)
    assert warehouse.rows(request.output_table, COLUMNS) == expected
    assert outcome.rows == len(expected)


def test_the_output_table_says_where_its_rows_come_from(
    run, request_for, warehouse, clients, titanic_model
):
    request = request_for(run_id="lineage-1")
    run(request)
    table = clients.bigquery.get_table(request.output_table)
    assert [field.name for field in table.schema] == [
        "PassengerId",
        "Survived",
        "PredictionProbability",
        "PredictionTimestamp",
        "ModelName",
        "ModelVersion",
        "ModelGeneration",
        "RunId",
    ]
    assert table.time_partitioning.field == "PredictionTimestamp"
    assert table.clustering_fields == ["ModelName", "ModelVersion"]
    lineage = warehouse.rows(request.output_table, "DISTINCT ModelName, ModelVersion, RunId")
    assert lineage == [(titanic_model, "v1", "lineage-1")]


def test_a_run_is_recorded_once(run, request_for, warehouse, clients):
    request = request_for(run_id="recorded-1")
    run(request)
    run(request)
    runs = f"{clients.settings.dataset}.prediction_runs"
    found = warehouse.rows(
        f"(SELECT * FROM {runs} WHERE run_id = 'recorded-1')",
        "status, `rows`, output_table, caller",
    )
    table = f"{clients.settings.project_id}.{request.output_table}"
    assert found == [("SUCCEEDED", 328, table, None)]


def test_a_run_repeated_under_its_id_writes_nothing_twice(run, request_for, warehouse):
    request = request_for(run_id="repeated-1")
    first = run(request)
    assert run(request) == first
    assert warehouse.count(request.output_table) == 328


def test_two_runs_append(run, request_for, warehouse):
    request = request_for()
    run(request, now=datetime(2026, 1, 1, tzinfo=UTC))
    run(request, now=datetime(2026, 1, 2, tzinfo=UTC))
    assert warehouse.count(request.output_table) == 2 * 328


def test_truncate_replaces_and_empty_refuses(run, request_for, warehouse):
    request = request_for()
    run(request)
    run(request_for(output_table=request.output_table, write_disposition="truncate"))
    assert warehouse.count(request.output_table) == 328
    with pytest.raises(FailedPrecondition, match="holds rows, and write_disposition=empty"):
        run(request_for(output_table=request.output_table, write_disposition="empty"))
    assert warehouse.count(request.output_table) == 328


@pytest.mark.parametrize("disposition", ["append", "truncate"])
def test_an_empty_table_is_a_success_with_zero_rows(run, request_for, warehouse, disposition):
    frame = pd.DataFrame({"PassengerId": [1]})
    for name, kind in {"Age": "float", "Fare": "float", "SibSp": "int", "Parch": "int"}.items():
        frame[name] = np.ones(1, kind)
    for name, value in {"Pclass": 1, "Sex": "male", "Embarked": "S"}.items():
        frame[name] = [value]
    request = request_for(
        input_table=warehouse.new_table(frame.head(0)), write_disposition=disposition
    )
    assert run(request).rows == 0
    assert warehouse.count(request.output_table) == 0


def test_several_streams_lose_and_repeat_no_row(
    run, request_for, warehouse, models_bucket, registered
):
    rows = 250_001  # three streams of the local BigQuery
    frame = pd.DataFrame({"id": np.arange(rows), "x": np.arange(rows) * 0.5})
    model = LinearRegression().fit(frame[["x"]].head(100), frame["id"].head(100) * 2.0)
    name = models_bucket.drop(model)
    registered(name)
    request = request_for(input_table=warehouse.new_table(frame), model_name=name)
    assert run(request).rows == rows
    counted = "COUNT(*), COUNT(DISTINCT id), MIN(id), MAX(id), MAX(ABS(prediction - 4 * x))"
    joined = f"{request.output_table} JOIN {request.input_table} USING (id)"
    total, distinct, low, high, error = warehouse.rows(joined, counted)[0]
    assert (total, distinct, low, high) == (rows, rows, 0, rows - 1)
    assert error < 1e-3


def test_a_table_is_found_in_its_columns_whatever_their_case(run, request_for, warehouse, titanic):
    frame = titanic.unseen.drop(columns="Survived").rename(columns=str.upper)
    request = request_for(input_table=warehouse.new_table(frame))
    assert run(request).rows == 328


def test_lineage_columns_are_added_to_an_older_table(run, request_for, warehouse, clients):
    older = warehouse.new_table()
    schema = [
        bigquery.SchemaField("PassengerId", "INTEGER"),
        bigquery.SchemaField("Survived", "INTEGER"),
    ]
    project = clients.settings.project_id
    clients.bigquery.create_table(bigquery.Table(f"{project}.{older}", schema=schema))
    assert run(request_for(output_table=older)).rows == 328
    assert warehouse.rows(older, "COUNT(DISTINCT RunId)") == [(1,)]


def test_a_model_overwritten_after_planning_changes_nothing(
    run, request_for, warehouse, models_bucket, titanic, clients, registered
):
    name = models_bucket.drop(titanic.pipeline, titanic.metadata)
    first = registered(name, "metadata IS NOT NULL")[0]["generation"]
    request = request_for(model_name=name, run_id="pinned-1")
    run(request)
    folder = run_folder(request, clients, now=datetime.now(UTC))
    plan = folder.read(PLAN)
    # Another run of the same plan, whose shards and outcome are yet to be written.
    copy = run_folder(request_for(run_id="pinned-2"), clients, now=datetime.now(UTC))
    copy.write(PLAN, replace(plan, run_id="pinned-2"))
    broken = LinearRegression().fit([[0.0]], [0.0])
    models_bucket.drop(broken, model=name)
    registered(name, f"generation > {first}")
    again = request_for(model_name=name, run_id="pinned-2", output_table=request.output_table)
    assert run(again).model_generation == first
    assert warehouse.count(request.output_table) == 2 * 328


def test_a_registered_generation_that_is_gone_fails_clearly_and_writes_nothing(
    run, request_for, models_bucket, titanic, clients, registered
):
    name = models_bucket.drop(titanic.pipeline, titanic.metadata)
    generation = registered(name, "metadata IS NOT NULL")[0]["generation"]
    request = request_for(model_name=name)
    bucket = clients.storage.bucket(clients.settings.models_bucket)
    bucket.blob(f"{name}/v1/model.pkl", generation=generation).delete()
    with pytest.raises(NotFound, match=r"is gone|is not in the registry"):
        run(request)
    with pytest.raises(Exception, match="Not found"):
        clients.bigquery.get_table(request.output_table)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"env": "prod"}, PermissionDenied, "this deployment serves env=dev"),
        ({"model_name": "nobody"}, NotFound, "model nobody/v1 is not in the registry"),
        ({"model_version": "v9"}, NotFound, "/v9 is not in the registry"),
        ({"input_table": "analysis.nothing"}, NotFound, "the input table .* does not exist"),
        ({"output_table": "nowhere.x"}, NotFound, "the output dataset .*nowhere does not exist"),
        ({"key_columns": "Ticket,Cabine"}, FailedPrecondition, "lacks the key columns Cabine"),
    ],
    ids=["env", "model", "version", "input", "output", "keys"],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    run, request_for, clients, changes, error, sentence
):
    request = request_for(**{"run_id": f"wrong-{hash(sentence)}", **changes})
    with pytest.raises(error, match=sentence):
        run(request)
    folder = run_folder(request, clients, now=datetime.now(UTC))
    assert folder.read(PLAN) is None
    with pytest.raises(Exception, match="Not found"):
        clients.bigquery.get_table(request.output_table)


def test_a_table_that_lacks_features_is_refused_by_their_names(run, request_for, warehouse):
    table = warehouse.new_table(pd.DataFrame({"Age": [1.0], "Fare": [2.0]}))
    with pytest.raises(FailedPrecondition, match="lacks the feature columns SibSp, Parch, Pclass"):
        run(request_for(input_table=table))


def test_a_run_id_belongs_to_one_request(run, request_for):
    run(request_for(run_id="owned-1"))
    with pytest.raises(Conflict, match="was planned with another output_table"):
        run(request_for(run_id="owned-1"))
