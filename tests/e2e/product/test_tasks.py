"""Several tasks share a run, whoever launches them."""

import pytest
import requests

from tests.waiting import wait_for

COLUMNS = "PassengerId, Survived, PredictionProbability"


@pytest.fixture
def ask(cloud, request_for):
    """Ask the gateway that listens for a prediction."""

    def get(**more):
        request = request_for()
        names = ("env", "input_table", "output_table", "model_name", "model_version")
        query = {name: getattr(request, name) for name in names} | more
        return query, requests.get(f"{cloud.address['gateway']}/predict", query, timeout=60)

    return get


def test_the_gateway_launches_as_many_tasks_as_are_asked_for(cloud, ask, warehouse, expected):
    query, answer = ask(tasks="3", run_id="three-tasks")
    assert answer.status_code == 202, answer.text
    url = cloud.address["gateway"] + answer.json()["status_url"]

    def ended():
        status = requests.get(url, timeout=60).json()
        return status if status["state"] not in {"QUEUED", "RUNNING"} else None

    status = wait_for(ended, seconds=180)
    assert (status["state"], status["tasks"]["total"]) == ("SUCCEEDED", 3)
    assert status["progress"] is None
    assert warehouse.rows(query["output_table"], COLUMNS) == expected


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"tasks": "0"}, "use a number from 1 to 1,000"),
        ({"tasks": "many"}, "use a number from 1 to 1,000"),
        ({"row_filter": "Agee > 3"}, "Unrecognized name: Agee"),
        ({"row_filter": "1 = 1; DROP TABLE x"}, "not a plain condition"),
        ({"as_of": "2020-01-01T00:00:00Z"}, "BigQuery remembers the last 7 days"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_launched(ask, more, sentence):
    _, answer = ask(**more)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]["message"]


@pytest.mark.cli
def test_gcloud_launches_as_many_tasks_as_are_asked_for(
    command_line, request_for, clients, warehouse, expected
):
    request = request_for(row_filter="Pclass IN (1, 2, 3)")
    command_line(
        *("gcloud", "run", "jobs", "execute", "mlsys-predict-dev", "--wait", "--tasks=2"),
        f"--region={clients.settings.region}",
        f"--args=^;^{';'.join(request.to_arguments())}",
    )
    assert warehouse.rows(request.output_table, COLUMNS) == expected


def test_a_dry_run_prints_what_would_be(command_line, request_for):
    arguments = request_for().to_arguments()
    finished = command_line(".venv/bin/python", "-m", "jobs", "predict", *arguments, "--dry_run")
    assert "would read" in finished.stdout
    assert "nothing was read, scored or written" in finished.stdout
