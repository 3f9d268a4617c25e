"""A schedule on the local cloud calls what it calls on Google Cloud; made by the real gcloud."""

import json

import pytest
import requests

from tests.waiting import wait_for

pytestmark = pytest.mark.cli

COLUMNS = "PassengerId, Survived, PredictionProbability"


@pytest.fixture
def jobs(command_line, clients):
    """Run `gcloud scheduler jobs`, in the region of the cloud."""

    def run(verb, *arguments):
        location = f"--location={clients.settings.region}"
        return command_line("gcloud", "scheduler", "jobs", *verb.split(), *arguments, location)

    return run


@pytest.fixture
def delivered(cloud):
    """Wait until the scheduler has delivered so many firings more than when the test began."""

    def counts():
        return requests.get(cloud.address["scheduler"], timeout=10).json()

    before = counts()["delivered"]
    return lambda wanted: wait_for(lambda: counts()["delivered"] - before >= wanted)


def executions(clients, job):
    return {execution.name for execution in clients.executions.list_executions(parent=job)}


def test_a_slot_that_fires_twice_is_one_execution_and_its_rows_are_there_once(
    cloud, clients, jobs, delivered, request_for, warehouse, expected
):
    request = request_for()
    names = ("env", "input_table", "output_table", "model_name", "model_version")
    before = executions(clients, clients.settings.predict_job)
    jobs(
        *("create http", "fired-twice", "--schedule=0 3 1 1 *"),
        "--uri=https://mlsys-dev-4z3kqlb7ga-ew.a.run.app/predict",  # which is the gateway here
        "--headers=Content-Type=application/json",
        f"--message-body={json.dumps({name: getattr(request, name) for name in names})}",
        "--oidc-service-account-email=mlsys-scheduler-dev@a-project.iam.gserviceaccount.com",
    )
    url = f"{cloud.address['scheduler']}/_duplicates"
    requests.post(url, json={"times": 1}, timeout=10).raise_for_status()
    jobs("run", "fired-twice")
    delivered(2)
    launched = executions(clients, clients.settings.predict_job) - before
    assert len(launched) == 1

    def look():
        return clients.executions.get_execution(name=launched.copy().pop()).succeeded_count

    wait_for(look, seconds=180)
    assert warehouse.rows(request.output_table, COLUMNS) == expected
    runs = f"{clients.settings.dataset}.prediction_runs"
    condition = f"output_table LIKE '%{request.output_table}'"
    counted = f"SELECT COUNT(*) AS n, MIN(run_id) AS run FROM {runs} WHERE {condition}"
    ((number, run_id),) = wait_for(
        lambda: [row for row in map(tuple, clients.bigquery.query_and_wait(counted)) if row[0]]
    )
    assert number == 1
    assert run_id.startswith("cron-")


def test_the_schedule_of_terraform_s_definitions_launches_the_scan(clients, jobs, delivered):
    assert "mlsys-registry-dev" in jobs("list").stdout
    before = executions(clients, clients.settings.registry_job)
    jobs("run", "mlsys-registry-dev")
    delivered(1)
    launched = executions(clients, clients.settings.registry_job) - before
    assert 1 <= len(launched) <= 2  # should its own hour have come meanwhile
    for name in launched:
        wait_for(lambda: clients.executions.get_execution(name=name).succeeded_count, seconds=180)  # noqa: B023  (waited for at once)
