"""The status and the cancellation of executions, also of those that Cloud Run has deleted."""

import json
import re
from dataclasses import asdict

import pytest

from shared.runs.folder import OUTCOME, RunFolder, error_name
from tests.gateway_harness import JOBS, PARENT, PROJECT
from tests.run_documents import run_record, task_error
from tests.waiting import wait_for


@pytest.fixture
def finished(gateway):
    def wait(url):
        def look():
            status = gateway.http.get(url).json
            return status if status["state"] not in {"QUEUED", "RUNNING"} else None

        return wait_for(look)

    return wait


@pytest.fixture
def slow_job(gateway):
    """Tasks of the prediction job run until they are cancelled, for a minute at most."""
    name = f"{PARENT}/jobs/{JOBS[0]}"
    job = gateway.clients.jobs.get_job(name=name)
    container = job.template.template.containers[0]
    container.command = ["sh", "-c", "sleep 60"]
    gateway.clients.jobs.update_job(job=job).result()
    yield
    container.command = ["true"]
    gateway.clients.jobs.update_job(job=job).result()


@pytest.fixture
def delete(gateway):
    """Delete an execution from Cloud Run, as it does itself after a thousand others."""

    def delete_execution(execution_id):
        name = f"{PARENT}/jobs/{JOBS[0]}/executions/{execution_id}"
        gateway.clients.executions.delete_execution(name=name)

    return delete_execution


def write(gateway, run_id, name, document):
    RunFolder.of(gateway.clients, run_id).write(name, document)


def test_the_status_of_an_execution_that_succeeded_has_rows_and_table_of_its_run(gateway, finished):
    answer = gateway.predict(run_id="succeeds", output_table="titanic.out")
    outcome = run_record(rows=7, output_table=f"{PROJECT}.titanic.out")
    write(gateway, "succeeds", OUTCOME, outcome)
    status = finished(answer.json["status_url"])
    assert (status["state"], status["rows"], status["attempts"]) == ("SUCCEEDED", 7, 1)
    assert status["output_table"] == f"{PROJECT}.titanic.out"
    assert status["outcome"] == outcome.to_row()
    assert status["job"] == JOBS[0]
    assert status["log_uri"]


def test_an_execution_can_be_cancelled_and_cancelled_again(gateway, finished, slow_job):
    launched = gateway.predict(run_id="cancelled").json
    url = f"{launched['status_url']}:cancel"
    assert gateway.http.post(url).status_code == 200
    status = finished(launched["status_url"])
    assert (status["state"], status["error"]) == ("CANCELLED", None)
    again = gateway.http.post(url)
    assert (again.status_code, again.json["state"]) == (200, "CANCELLED")
    assert json.loads(gateway.folder("cancelled")["cancel.json"].download_as_bytes())["caller"]


def test_only_the_console_s_own_page_can_submit_its_cancel_button(gateway, finished, slow_job):
    launched = gateway.predict(run_id="cancelled-by-hand").json
    page = f"/console/executions/{launched['execution_id']}"
    button = f'action="{page}/cancel"'
    assert button in gateway.http.get(page).text
    foreign = gateway.http.post(f"{page}/cancel", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert gateway.http.get(launched["status_url"]).json["state"] != "CANCELLED"
    for _ in range(2):
        pressed = gateway.http.post(f"{page}/cancel", headers={"Sec-Fetch-Site": "same-origin"})
        assert (pressed.status_code, pressed.location) == (303, page)
    assert re.search("is being cancelled|was cancelled before", gateway.http.get(page).text)
    assert finished(launched["status_url"])["state"] == "CANCELLED"
    assert button not in gateway.http.get(page).text


def test_cancelling_a_completed_execution_changes_nothing(gateway, finished):
    launched = gateway.predict().json
    finished(launched["status_url"])
    answer = gateway.http.post(f"{launched['status_url']}:cancel")
    assert (answer.status_code, answer.json["state"]) == (200, "SUCCEEDED")


@pytest.mark.parametrize("source", ["folder", "prediction_runs"])
def test_a_deleted_execution_has_the_status_of_its_run(gateway, finished, delete, source):
    launched = gateway.predict(run_id=f"deleted-{source}").json
    finished(launched["status_url"])
    delete(launched["execution_id"])
    ids = {name: launched[name] for name in ("run_id", "execution_id")}
    outcome = run_record(rows=3, caller="a-pipeline", **ids)
    if source == "folder":
        write(gateway, launched["run_id"], OUTCOME, outcome)
    else:
        gateway.bigquery.runs.append(asdict(outcome))
    status = gateway.http.get(launched["status_url"]).json
    assert (status["state"], status["rows"], status["run_id"]) == (
        "SUCCEEDED",
        3,
        launched["run_id"],
    )
    assert launched["execution_id"] in status["log_uri"]
    assert status["outcome"] == outcome.to_row()
    assert status["completed_at"] == outcome.finished_at.isoformat()


def test_a_deleted_execution_that_failed_keeps_its_error(gateway, finished, delete):
    launched = gateway.predict(run_id="deleted-failure").json
    finished(launched["status_url"])
    delete(launched["execution_id"])
    status = gateway.http.get(launched["status_url"]).json
    assert status["state"] == "FAILED"
    assert "has deleted this execution" in status["error"]
    error = task_error(execution=launched["execution_id"], message="the input table is gone")
    write(gateway, launched["run_id"], error_name(0), error)
    assert gateway.http.get(launched["status_url"]).json["error"] == "the input table is gone"


def test_a_corrupt_document_is_named_with_what_to_do(gateway, finished):
    launched = gateway.predict(run_id="damaged").json
    finished(launched["status_url"])
    gateway.folder("damaged")["launch.json"].upload_from_string('{"nonce": 1}')
    answer = gateway.http.get(launched["status_url"])
    error = answer.json["error"]
    assert (answer.status_code, error["status"]) == (500, "DATA_LOSS")
    assert f"gs://{gateway.clients.settings.runs_bucket}/damaged/launch.json" in error["message"]
    assert "delete the object" in error["message"]


def test_a_deleted_execution_that_was_cancelled_has_not_failed(gateway, finished, delete, slow_job):
    launched = gateway.predict(run_id="deleted-cancel").json
    gateway.http.post(f"{launched['status_url']}:cancel")
    finished(launched["status_url"])
    delete(launched["execution_id"])
    assert gateway.http.get(launched["status_url"]).json["state"] == "CANCELLED"
