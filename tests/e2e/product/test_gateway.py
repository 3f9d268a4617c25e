import concurrent.futures

import pytest
import requests

from gateway.app import create_app
from tests.waiting import wait_for

COLUMNS = "PassengerId, Survived, PredictionProbability"


@pytest.fixture(scope="session")
def gateway(clients):
    """The gateway's application in this process, on the local cloud's clients."""
    return create_app(clients)


@pytest.fixture
def client(gateway):
    return gateway.test_client()


@pytest.fixture
def query(request_for):
    """The query string of a prediction, with some parameters changed; None leaves one out."""

    def build(**changes):
        request = request_for()
        names = ("env", "input_table", "output_table", "model_name", "model_version")
        values = {name: getattr(request, name) for name in names} | changes
        return {name: value for name, value in values.items() if value is not None}

    return build


def executions(clients):
    found = clients.executions.list_executions(parent=clients.settings.predict_job)
    return {execution.name for execution in found}


def finished(cloud, launched):
    """The last status of an execution, asked from the gateway that listens."""

    def look():
        url = cloud.address["gateway"] + launched["status_url"]
        status = requests.get(url, timeout=60).json()
        return status if status["state"] not in {"QUEUED", "RUNNING"} else None

    return wait_for(look, seconds=180)


def test_a_get_launches_a_prediction_and_its_status_can_be_followed(
    cloud, query, warehouse, expected
):
    parameters = query()
    answer = requests.get(cloud.address["gateway"] + "/predict", params=parameters, timeout=60)
    assert answer.status_code == 202
    launched = answer.json()
    assert launched["status"] == "accepted"
    status = finished(cloud, launched)
    assert status["state"] == "SUCCEEDED"
    assert status["run_id"] == launched["run_id"]
    assert status["outcome"]["rows"] == len(expected)
    assert status["outcome"]["caller"] == status["caller"] == "anonymous"
    assert status["tasks"] == {
        "total": 1,
        "running": 0,
        "succeeded": 1,
        "failed": 0,
        "cancelled": 0,
        "retried": 0,
    }
    assert warehouse.rows(parameters["output_table"], COLUMNS) == expected


def test_the_same_key_gets_the_same_execution_back(client, clients, query):
    parameters = query()
    before = executions(clients)
    headers = {"Idempotency-Key": "twice-1"}
    answers = [client.post("/predict", json=parameters, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json["execution_id"] == answers[1].json["execution_id"]
    assert answers[0].json["run_id"] == "twice-1"
    assert len(executions(clients) - before) == 1


def test_requests_at_once_with_one_key_launch_one_execution(gateway, clients, query):
    parameters = query(run_id="at-once-1")
    before = executions(clients)

    def ask(_):
        return gateway.test_client().get("/predict", query_string=parameters).json["execution_id"]

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
    assert len(executions(clients) - before) == 1


def test_a_key_belongs_to_one_request(client, query):
    headers = {"Idempotency-Key": "owned-by-one"}
    client.get("/predict", query_string=query(), headers=headers)
    answer = client.get("/predict", query_string=query(), headers=headers)
    assert answer.status_code == 422
    assert answer.json["error"]["details"][0]["reason"] == "RUN_ID_REUSED"


def test_the_registry_scan_is_launched_and_ends(cloud):
    answer = requests.get(cloud.address["gateway"] + "/model-registry?env=dev", timeout=60)
    assert answer.status_code == 202
    status = finished(cloud, answer.json())
    assert (status["job"], status["state"]) == ("mlsys-registry-dev", "SUCCEEDED")


def test_health_asks_no_other_service(client):
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"]) == (200, "healthy")


@pytest.mark.parametrize(
    ("changes", "code", "reason", "sentence"),
    [
        ({"env": None}, 400, "INVALID_PARAMETERS", "missing parameter env"),
        ({"model": "x"}, 400, "INVALID_PARAMETERS", "unknown parameter model"),
        ({"env": "prod"}, 403, "WRONG_ENVIRONMENT", "this deployment serves env=dev"),
        ({"env": "moon"}, 400, "INVALID_ENVIRONMENT", "use one of dev, staging, prod"),
        ({"model_name": "nobody"}, 404, "MODEL_NOT_FOUND", "nobody/v1 is not in the registry"),
        ({"model_version": "v1.2"}, 400, "INVALID_MODEL_VERSION", "is not a model version"),
        ({"model_version": "hero"}, 404, "ALIAS_NOT_FOUND", "@hero stands for no registered"),
        ({"input_table": "a.b;DROP"}, 400, "INVALID_TABLE_ID", "is not a table"),
        ({"input_table": "analysis.no"}, 404, "TABLE_NOT_FOUND", "does not exist"),
        ({"output_table": "no.x"}, 404, "DATASET_NOT_FOUND", "no does not exist"),
        ({"key_columns": "Cabine"}, 400, "MISSING_COLUMNS", "lacks the key columns Cabine"),
    ],
)
def test_what_cannot_work_is_refused_in_google_s_shape_and_launches_nothing(
    client, clients, query, changes, code, reason, sentence
):
    before = executions(clients)
    answer = client.get("/predict", query_string=query(**changes))
    assert answer.status_code == code
    error = answer.json["error"]
    assert error["code"] == code
    assert error["details"][0]["reason"] == reason
    assert sentence in error["message"]
    assert answer.json["status"] == "error"
    assert answer.json["message"] == error["message"]
    assert executions(clients) == before


@pytest.mark.parametrize(
    ("method", "path", "options", "code"),
    [
        ("HEAD", "/predict", {}, 405),
        ("HEAD", "/model-registry", {}, 405),
        ("OPTIONS", "/predict", {}, 200),
        ("DELETE", "/predict", {}, 405),
        ("GET", "/predict", {"headers": {"Sec-Purpose": "prefetch"}}, 400),
        ("POST", "/predict", {"data": b"[1]"}, 400),
        ("POST", "/predict", {"data": b"{"}, 400),
        ("POST", "/predict", {"data": b"x" * 70_000}, 413),
        ("GET", "/predict?env=dev&env=dev", {}, 400),
        ("GET", "/model-registry", {}, 400),
        ("GET", "/model-registry?env=prod", {}, 403),
        ("GET", "/model-registry?env=dev&x=1", {}, 400),
        ("GET", "/executions/nothing", {}, 404),
        ("GET", "/executions/mlsys-predict-dev-zzzzz", {}, 404),
        ("GET", "/executions/..%2f..%2fx", {}, 404),
        ("GET", "/nowhere", {}, 404),
    ],
)
def test_nothing_else_launches(client, clients, method, path, options, code):
    before = executions(clients)
    answer = client.open(path, method=method, **options)
    assert answer.status_code == code
    assert "Traceback" not in answer.text
    assert "127.0.0.1" not in answer.text
    assert executions(clients) == before


def test_an_execution_that_failed_says_why(cloud, clients, request_for, warehouse, titanic):
    # Past the gateway, which would refuse it: the output table has another type.
    request = request_for()
    warehouse.client.query_and_wait(f"CREATE TABLE {request.output_table} (PassengerId STRING)")
    container = {"args": request.to_arguments()}
    overrides = {"container_overrides": [container]}
    operation = clients.jobs.run_job({"name": clients.settings.predict_job, "overrides": overrides})
    execution_id = operation.metadata.name.rpartition("/")[2]
    status = finished(cloud, {"status_url": f"/executions/{execution_id}"})
    assert status["state"] == "FAILED"
    assert "PassengerId is NULLABLE STRING, not INTEGER" in status["error"]
    assert status["tasks"]["retried"] == 3
    assert warehouse.count(request.output_table) == 0
