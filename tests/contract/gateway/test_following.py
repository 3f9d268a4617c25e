"""What an execution is doing, and how it is ended; also when Cloud Run has forgotten it."""

import json
import re
from dataclasses import asdict

import pytest
from google.cloud import run_v2

from gateway.executions.status import State, state_of
from shared.runs.folder import OUTCOME, RunFolder, error_name
from tests.gateway_door import JOBS, PARENT, PROJECT
from tests.run_documents import run_record, task_error
from tests.waiting import wait_for


@pytest.fixture
def finished(door):
    def wait(url):
        def look():
            status = door.http.get(url).json
            return status if status["state"] not in {"QUEUED", "RUNNING"} else None

        return wait_for(look)

    return wait


@pytest.fixture
def slow_job(door):
    """A job of this deployment's name whose tasks take their time."""
    name = f"{PARENT}/jobs/{JOBS[0]}"
    job = door.clients.jobs.get_job(name=name)
    container = job.template.template.containers[0]
    container.command = ["sh", "-c", "sleep 60"]
    door.clients.jobs.update_job(job=job).result()
    yield
    container.command = ["true"]
    door.clients.jobs.update_job(job=job).result()


@pytest.fixture
def forget(door):
    """Let Cloud Run forget an execution, as it does after a thousand others."""

    def forget_it(execution_id):
        name = f"{PARENT}/jobs/{JOBS[0]}/executions/{execution_id}"
        door.clients.executions.delete_execution(name=name)

    return forget_it


def write(door, run_id, name, document):
    RunFolder.of(door.clients, run_id).write(name, document)


def test_an_execution_that_succeeded_tells_rows_and_table_of_its_run(door, finished):
    answer = door.predict(run_id="succeeds", output_table="titanic.out")
    outcome = run_record(rows=7, output_table=f"{PROJECT}.titanic.out")
    write(door, "succeeds", OUTCOME, outcome)
    status = finished(answer.json["status_url"])
    assert (status["state"], status["rows"], status["attempts"]) == ("SUCCEEDED", 7, 1)
    assert status["output_table"] == f"{PROJECT}.titanic.out"
    assert status["outcome"] == outcome.to_row()
    assert status["job"] == JOBS[0]
    assert status["log_uri"]


def test_an_execution_can_be_cancelled_and_cancelled_again(door, finished, slow_job):
    launched = door.predict(run_id="cancelled").json
    url = f"{launched['status_url']}:cancel"
    assert door.http.post(url).status_code == 200
    status = finished(launched["status_url"])
    assert (status["state"], status["error"]) == ("CANCELLED", None)
    again = door.http.post(url)
    assert (again.status_code, again.json["state"]) == (200, "CANCELLED")
    assert json.loads(door.folder("cancelled")["cancel.json"].download_as_bytes())["caller"]


def test_a_page_has_a_button_that_cancels_and_only_the_page_can_press_it(door, finished, slow_job):
    launched = door.predict(run_id="cancelled-by-hand").json
    page = f"/console/executions/{launched['execution_id']}"
    button = f'action="{page}/cancel"'
    assert button in door.http.get(page).text
    foreign = door.http.post(f"{page}/cancel", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert door.http.get(launched["status_url"]).json["state"] != "CANCELLED"
    for _ in range(2):
        pressed = door.http.post(f"{page}/cancel", headers={"Sec-Fetch-Site": "same-origin"})
        assert (pressed.status_code, pressed.location) == (303, page)
    assert re.search("It is being cancelled|Somebody stopped it", door.http.get(page).text)
    assert finished(launched["status_url"])["state"] == "CANCELLED"
    assert button not in door.http.get(page).text


def test_what_has_ended_stays_as_it_is(door, finished):
    launched = door.predict().json
    finished(launched["status_url"])
    answer = door.http.post(f"{launched['status_url']}:cancel")
    assert (answer.status_code, answer.json["state"]) == (200, "SUCCEEDED")


@pytest.mark.parametrize("remembers", ["folder", "prediction_runs"])
def test_an_execution_that_cloud_run_has_forgotten_is_known_by_its_run(
    door, finished, forget, remembers
):
    launched = door.predict(run_id=f"forgotten-{remembers}").json
    finished(launched["status_url"])
    forget(launched["execution_id"])
    ids = {name: launched[name] for name in ("run_id", "execution_id")}
    outcome = run_record(rows=3, caller="a-pipeline", **ids)
    if remembers == "folder":
        write(door, launched["run_id"], OUTCOME, outcome)
    else:
        door.bigquery.runs.append(asdict(outcome))
    status = door.http.get(launched["status_url"]).json
    assert (status["state"], status["rows"], status["run_id"]) == (
        "SUCCEEDED",
        3,
        launched["run_id"],
    )
    assert launched["execution_id"] in status["log_uri"]
    assert status["outcome"] == outcome.to_row()
    assert status["completed_at"] == outcome.finished_at.isoformat()


def test_a_forgotten_failure_keeps_its_sentence(door, finished, forget):
    launched = door.predict(run_id="forgotten-failure").json
    finished(launched["status_url"])
    forget(launched["execution_id"])
    status = door.http.get(launched["status_url"]).json
    assert status["state"] == "FAILED"
    assert "has forgotten this execution" in status["error"]
    error = task_error(execution=launched["execution_id"], message="the input table is gone")
    write(door, launched["run_id"], error_name(0), error)
    assert door.http.get(launched["status_url"]).json["error"] == "the input table is gone"


def test_a_document_that_nobody_can_read_is_named_with_what_to_do(door, finished):
    launched = door.predict(run_id="damaged").json
    finished(launched["status_url"])
    door.folder("damaged")["launch.json"].upload_from_string('{"nonce": 1}')
    answer = door.http.get(launched["status_url"])
    error = answer.json["error"]
    assert (answer.status_code, error["status"]) == (500, "DATA_LOSS")
    assert f"gs://{door.clients.settings.runs_bucket}/damaged/launch.json" in error["message"]
    assert "delete the object" in error["message"]


def test_a_forgotten_cancellation_is_no_failure(door, finished, forget, slow_job):
    launched = door.predict(run_id="forgotten-cancel").json
    door.http.post(f"{launched['status_url']}:cancel")
    finished(launched["status_url"])
    forget(launched["execution_id"])
    assert door.http.get(launched["status_url"]).json["state"] == "CANCELLED"


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ({}, State.QUEUED),
        ({"start_time": {"seconds": 1}}, State.RUNNING),
        ({"completion_time": {"seconds": 2}, "succeeded_count": 2}, State.SUCCEEDED),
        ({"completion_time": {"seconds": 2}, "failed_count": 1}, State.FAILED),
        ({"completion_time": {"seconds": 2}, "cancelled_count": 1}, State.CANCELLED),
        (
            {"completion_time": {"seconds": 2}, "succeeded_count": 1, "cancelled_count": 1},
            State.CANCELLED,
        ),
    ],
)
def test_the_counts_of_tasks_tell_the_state(counts, state):
    assert state_of(run_v2.Execution(task_count=2, **counts)) is state
