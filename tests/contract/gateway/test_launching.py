"""Repeated, concurrent and scheduled requests launch each run once."""

import concurrent.futures

import pytest


def test_the_same_key_gets_the_same_execution_back_without_another_check(gateway):
    query = gateway.query()
    headers = {"Idempotency-Key": "same-key"}
    first = gateway.http.post("/predict", json=query, headers=headers)
    gateway.bigquery.models.clear()  # a run that was launched is not checked again
    second = gateway.http.post("/predict", json=query, headers=headers)
    assert (first.status_code, first.json["launched"]) == (202, True)
    assert (second.status_code, second.json["launched"]) == (202, False)
    assert first.json["execution_id"] == second.json["execution_id"]


def test_a_key_belongs_to_one_request(gateway):
    before = len(gateway.executions())
    gateway.predict(run_id="one-request")
    answer = gateway.predict(run_id="one-request")  # into another table
    assert answer.status_code == 422
    assert answer.json["error"]["details"][0]["reason"] == "RUN_ID_REUSED"
    assert len(gateway.executions()) == before + 1


def test_a_duplicate_without_a_key_gets_the_running_execution_back_with_a_notice(gateway):
    query = gateway.query()
    answers = [gateway.http.get("/predict", query_string=query) for _ in range(2)]
    assert [answer.json["launched"] for answer in answers] == [True, False]
    assert len({answer.json["execution_id"] for answer in answers}) == 1
    assert "the same request was made within 60 s" in answers[1].json["message"]
    assert "Idempotency-Key" in answers[1].json["message"]


def test_duplicates_at_once_are_one_execution(gateway):
    query = gateway.query()
    app = gateway.http.application

    def ask(_):
        return app.test_client().get("/predict", query_string=query).json["execution_id"]

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(16)))) == 1


def test_after_the_window_the_same_request_launches_again(gateway):
    query = gateway.query()
    without = gateway.with_settings(MLSYS_DEDUPLICATION_SECONDS="0")
    ids = {without.http.get("/predict", query_string=query).json["execution_id"] for _ in "12"}
    assert len(ids) == 2


def test_a_firing_of_the_scheduler_is_one_run_however_often_it_is_repeated(gateway):
    query = gateway.query()

    def fire(time, job="nightly"):
        headers = {"X-CloudScheduler-ScheduleTime": time, "X-CloudScheduler-JobName": job}
        return gateway.http.post("/predict", json=query, headers=headers).json

    first = fire("2026-11-25T03:00:00Z")
    assert fire("2026-11-25T03:00:00Z")["execution_id"] == first["execution_id"]
    assert first["run_id"].startswith("cron-20261125T030000Z-")
    others = {fire("2026-11-26T03:00:00Z")["run_id"], fire("2026-11-25T03:00:00Z", "b")["run_id"]}
    assert first["run_id"] not in others
    assert len(others) == 2


def test_a_malformed_schedule_time_is_rejected(gateway):
    headers = {"X-CloudScheduler-ScheduleTime": "soon"}
    answer = gateway.predict(headers=headers)
    assert (answer.status_code, answer.json["error"]["details"][0]["reason"]) == (
        400,
        "INVALID_TIME",
    )


def test_a_scan_of_the_registry_is_deduplicated_too(gateway):
    keyed = {
        gateway.http.get(f"/model-registry?env=dev&run_id={key}").json["execution_id"]
        for key in ("scan-1", "scan-1", "scan-2")
    }
    scans = {gateway.http.get("/model-registry?env=dev").json["execution_id"] for _ in "12"}
    assert (len(keyed), len(scans)) == (2, 1)


@pytest.mark.parametrize("after", [True, False], ids=["answer lost", "refused"])
@pytest.mark.parametrize("status", [503, None], ids=["503", "cut"])
def test_a_launch_whose_response_is_lost_is_found_or_repeated_and_happens_once(
    gateway, caplog, after, status
):
    before = set(gateway.executions())
    gateway.fault(method="POST", path=":run", status=status, after=after)
    answer = gateway.predict()
    assert answer.status_code == 202
    assert "searching for its execution" in caplog.text
    assert set(gateway.executions()) - before == {answer.json["execution_id"]}


def test_a_request_finds_the_execution_of_an_earlier_one_that_failed(gateway):
    before = set(gateway.executions())
    query = gateway.query(run_id="died")
    gateway.fault(method="POST", path=":run", status=503, after=True)
    gateway.fault(method="GET", path="/executions", status=503, times=3)  # it gives up looking
    gateway.fault(method="POST", path=":run", status=503, times=3)
    first = gateway.http.get("/predict", query_string=query)
    gateway.no_more_faults()
    second = gateway.http.get("/predict", query_string=query)
    assert second.status_code == 202
    assert set(gateway.executions()) - before == {second.json["execution_id"]}
    assert first.status_code in {202, 503}


def test_an_error_of_cloud_run_is_returned_and_launches_nothing(gateway):
    before = gateway.executions()
    gateway.fault(method="POST", path=":run", status=403)
    answer = gateway.predict(run_id="refused-once")
    assert (answer.status_code, answer.json["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert gateway.executions() == before


def test_the_caller_is_recorded_on_the_run(gateway):
    answer = gateway.predict(run_id="whose")
    launch = gateway.folder("whose")["launch.json"].download_as_text()
    assert '"caller": "anonymous"' in launch
    status = gateway.http.get(answer.json["status_url"]).json
    assert status["caller"] == "anonymous"


def test_no_more_runs_are_opened_than_the_deployment_allows(gateway):
    limited = gateway.with_settings(MLSYS_MAX_OPEN_RUNS="1")
    vars(limited.clients)["executions"] = OneOpen()
    answer = limited.predict()
    assert (answer.status_code, answer.json["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert answer.headers["Retry-After"] == "30"


class OneOpen:
    def list_executions(self, _request):
        yield type("Execution", (), {"completion_time": None})()
