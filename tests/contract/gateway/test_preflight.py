"""Predictions that cannot succeed are rejected before a launch, with every problem at once."""

import json
from datetime import UTC, datetime

import pytest
from google.api_core.exceptions import Forbidden, ServiceUnavailable

from tests.gateway_harness import COLUMNS, PROJECT, model_row, table

INPUT = f"{PROJECT}.titanic.passengers"
OUTPUT = f"{PROJECT}.titanic.out"


def problems(answer):
    return {v["field"]: v["reason"] for v in answer.json["error"]["details"][-2]["fieldViolations"]}


def test_a_dry_run_reports_what_would_be_read_and_written_and_launches_nothing(gateway):
    before = gateway.launched()
    answer = gateway.predict(output_table="titanic.out", dry_run="true")
    assert answer.status_code == 200
    report = answer.json
    assert report["model"]["version"] == "v1"
    assert report["input"]["columns"] == ["PassengerId", "Age", "Sex"]
    assert report["input"]["rows"] == 10
    assert report["estimate"]["bytes"] == 4_096
    assert report["estimate"]["method"] == "dry run"
    assert report["quota"] == {"loads_of_a_day": 0, "limit": 1_500}
    assert not report["output"]["exists"]
    assert [c["name"] for c in report["output"]["columns"]][:3] == [
        "PassengerId",
        "Survived",
        "PredictionProbability",
    ]
    assert gateway.launched() == before


def test_every_problem_is_returned_at_once_with_its_parameter_and_reason(gateway):
    gateway.bigquery.loads = 1_500
    gateway.bigquery.tables[INPUT] = table(("PassengerId", "INTEGER"), ("Age", "STRING"))
    answer = gateway.predict(
        model_name="nobody",
        output_table="nowhere.out",
        key_columns="Cabine",
        as_of="2020-01-01T00:00:00Z",
    )
    assert answer.status_code == 400
    assert problems(answer).keys() == {"model_name", "output_table", "as_of"}
    reasons = {each.get("reason") for each in answer.json["error"]["details"]}
    assert {
        "OUTSIDE_TIME_TRAVEL",
        "MODEL_NOT_FOUND",
        "DATASET_NOT_FOUND",
        "LOAD_QUOTA_EXHAUSTED",
    } <= reasons
    assert answer.json["message"].startswith("4 problems: (1) ")


@pytest.mark.parametrize(
    ("case", "changes", "code", "reason"),
    [
        ("", {"model_name": "nobody"}, 404, "MODEL_NOT_FOUND"),
        ("", {"input_table": "titanic.no"}, 404, "TABLE_NOT_FOUND"),
        ("", {"output_table": "no.x"}, 404, "DATASET_NOT_FOUND"),
        ("", {"output_table": "titanic.passengers"}, 400, "SAME_TABLE"),
        ("", {"input_table": "a.b;DROP"}, 400, "INVALID_TABLE_ID"),
        ("", {"key_columns": "Cabine"}, 400, "MISSING_COLUMNS"),
        ("", {"key_columns": "Survived"}, 400, "MISSING_COLUMNS"),
        ("", {"row_filter": "Agee > 3"}, 400, "INVALID_ROW_FILTER"),
        ("", {"max_bytes": "4095"}, 400, "MAX_BYTES_EXCEEDED"),
        ("", {"max_bytes": "-1"}, 400, "INVALID_MAX_BYTES"),
        ("", {"tasks": "0"}, 400, "INVALID_TASKS"),
        ("", {"dry_run": "perhaps"}, 400, "INVALID_PARAMETERS"),
        ("no age", {}, 400, "MISSING_COLUMNS"),
        ("age is text", {}, 400, "UNUSABLE_COLUMN_TYPES"),
        ("age is repeated", {}, 400, "UNUSABLE_COLUMN_TYPES"),
        ("key is a record", {}, 400, "UNSUPPORTED_KEY_COLUMNS"),
        ("quarantined", {}, 400, "MODEL_QUARANTINED"),
        ("uninspected", {}, 400, "MODEL_UNINSPECTED"),
        ("generation gone", {}, 400, "MODEL_GENERATION_GONE"),
        ("output of other types", {}, 400, "INCOMPATIBLE_OUTPUT_TABLE"),
        ("output wants more", {}, 400, "INCOMPATIBLE_OUTPUT_TABLE"),
        ("output with rows", {"write_disposition": "empty"}, 400, "OUTPUT_TABLE_NOT_EMPTY"),
        ("view", {"as_of": "now"}, 400, "NO_TIME_TRAVEL"),
        ("quota", {}, 400, "LOAD_QUOTA_EXHAUSTED"),
    ],
)
def test_a_prediction_that_cannot_succeed_is_rejected_and_launches_nothing(
    gateway, case, changes, code, reason
):
    set_up(gateway.bigquery, case)
    if changes.get("as_of") == "now":
        changes = {"as_of": datetime.now(UTC).isoformat()}
    before = gateway.launched()
    answer = gateway.predict(**{"output_table": "titanic.out"} | changes)
    error = answer.json["error"]
    assert (answer.status_code, error["details"][0]["reason"]) == (code, reason), answer.text
    assert error["code"] == code
    assert answer.json["status"] == "error"
    assert answer.json["message"] == error["message"]
    assert gateway.launched() == before


def set_up(fake, case):
    model = fake.models["titanic"]
    inputs = {
        "no age": [COLUMNS[0], COLUMNS[2]],
        "age is text": [COLUMNS[0], ("Age", "STRING"), COLUMNS[2]],
        "age is repeated": [COLUMNS[0], ("Age", "FLOAT", "REPEATED"), COLUMNS[2]],
        "key is a record": [("PassengerId", "RECORD"), *COLUMNS[1:]],
    }
    outputs = {
        "output of other types": [("PassengerId", "STRING")],
        "output wants more": [("batch", "STRING", "REQUIRED")],
        "output with rows": [COLUMNS[0]],
    }
    if case in inputs:
        fake.tables[INPUT] = table(*inputs[case])
    if case in outputs:
        fake.tables[OUTPUT] = table(*outputs[case])
    if case in {"quarantined", "uninspected"}:
        model |= {"status": case, "findings": ["os.system"]}
    if case == "generation gone":
        model["generation"] = 1
    if case == "view":
        fake.tables[INPUT] = table(*COLUMNS, kind="VIEW")
    if case == "quota":
        fake.loads = 1_500


def test_only_the_datasets_of_the_deployment_are_used(gateway):
    bound = gateway.with_settings(MLSYS_INPUT_DATASETS="other", MLSYS_OUTPUT_DATASETS="out")
    answer = bound.predict(output_table="titanic.out")
    assert answer.status_code == 403
    assert problems(answer) == {
        "input_table": "DATASET_NOT_ALLOWED",
        "output_table": "DATASET_NOT_ALLOWED",
    }
    unbound = gateway.with_settings(
        MLSYS_INPUT_DATASETS="other", MLSYS_OUTPUT_DATASETS=f"{PROJECT}.titanic"
    )
    assert unbound.predict().status_code == 202


def test_the_deployment_bounds_the_bytes_when_the_caller_does_not(gateway):
    bound = gateway.with_settings(MLSYS_MAX_BYTES="10")
    assert bound.predict().status_code == 400
    assert bound.predict(max_bytes="5000").status_code == 202


def test_without_permission_to_read_rows_the_estimate_is_the_whole_table(gateway):
    gateway.bigquery.refusal = Forbidden("no tables.getData")
    report = gateway.predict(dry_run="true").json
    assert report["estimate"]["bytes"] == 1_000
    assert report["estimate"]["method"] == "size of the whole table"


def test_a_model_without_a_signature_is_left_to_the_job(gateway):
    generation = gateway.bigquery.models["titanic"]["generation"]
    gateway.bigquery.models["titanic"] = model_row(generation, signature=None, metadata=None)
    gateway.bigquery.tables[OUTPUT] = table(("PassengerId", "INTEGER", "REQUIRED"))
    report = gateway.predict(output_table="titanic.out", dry_run="1").json
    assert report["input"]["columns"] == ["PassengerId", "Age", "Sex"]
    assert "RunId" in json.dumps(report["output"]["columns"])


@pytest.mark.parametrize(
    ("metadata", "changes", "field", "reason"),
    [
        ({"features": ["nope"]}, {}, "input_table", "MISSING_COLUMNS"),
        ({"key_columns": ["gone"]}, {}, "key_columns", "MISSING_COLUMNS"),
        ({}, {"key_columns": "missing"}, "key_columns", "MISSING_COLUMNS"),
        ({"features": ["Age"]}, {}, "key_columns", "UNSUPPORTED_KEY_COLUMNS"),
        ({}, {"output_table": "titanic.out"}, "output_table", "INCOMPATIBLE_OUTPUT_TABLE"),
    ],
)
def test_without_a_signature_what_is_known_is_checked(gateway, metadata, changes, field, reason):
    generation = gateway.bigquery.models["titanic"]["generation"]
    row = model_row(generation, signature=None, metadata=json.dumps(metadata))
    gateway.bigquery.models["titanic"] = row
    gateway.bigquery.tables[INPUT] = table(*COLUMNS, ("Place", "GEOGRAPHY"))
    gateway.bigquery.tables[OUTPUT] = table(("RunId", "INTEGER"))
    assert problems(gateway.predict(**changes))[field] == reason


def test_without_a_signature_the_known_columns_are_read(gateway):
    generation = gateway.bigquery.models["titanic"]["generation"]
    metadata = json.dumps({"features": ["Age"], "key_columns": ["PassengerId"]})
    gateway.bigquery.models["titanic"] = model_row(generation, signature=None, metadata=metadata)
    report = gateway.predict(dry_run="1").json
    assert report["input"]["columns"] == ["PassengerId", "Age"]


def test_an_unavailable_service_is_a_503_with_retry_after(gateway):
    gateway.bigquery.refusal = ServiceUnavailable("backend 10.0.0.1 is away")
    answer = gateway.predict()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "10.0.0.1" not in answer.text


def test_a_request_for_another_deployment_is_rejected(gateway):
    assert gateway.predict(env="prod").json["error"]["details"][0]["reason"] == "WRONG_ENVIRONMENT"
    assert gateway.predict(env="moon").status_code == 400
