"""A launch can be asked for again, by whoever and however often."""

import concurrent.futures

import pytest


def test_the_same_key_gets_the_same_execution_back_and_asks_nobody_else(door):
    query = door.query()
    headers = {"Idempotency-Key": "same-key"}
    first = door.http.post("/predict", json=query, headers=headers)
    door.bigquery.models.clear()  # a launch that has happened is not judged again
    second = door.http.post("/predict", json=query, headers=headers)
    assert (first.status_code, first.json["launched"]) == (202, True)
    assert (second.status_code, second.json["launched"]) == (202, False)
    assert first.json["execution_id"] == second.json["execution_id"]


def test_a_key_belongs_to_one_request(door):
    before = len(door.executions())
    door.predict(run_id="one-request")
    answer = door.predict(run_id="one-request")  # into another table
    assert answer.status_code == 422
    assert answer.json["error"]["details"][0]["reason"] == "RUN_ID_REUSED"
    assert len(door.executions()) == before + 1


def test_the_same_request_without_a_key_gets_the_running_execution_back_and_is_told_so(door):
    query = door.query()
    answers = [door.http.get("/predict", query_string=query) for _ in range(2)]
    assert [answer.json["launched"] for answer in answers] == [True, False]
    assert len({answer.json["execution_id"] for answer in answers}) == 1
    assert "the same request was made within 60 s" in answers[1].json["message"]
    assert "Idempotency-Key" in answers[1].json["message"]


def test_duplicates_at_once_are_one_execution(door):
    query = door.query()
    app = door.http.application

    def ask(_):
        return app.test_client().get("/predict", query_string=query).json["execution_id"]

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(16)))) == 1


def test_after_the_window_the_same_request_is_another(door):
    query = door.query()
    without = door.with_settings(MLSYS_DEDUPLICATION_SECONDS="0")
    ids = {without.http.get("/predict", query_string=query).json["execution_id"] for _ in "12"}
    assert len(ids) == 2


def test_a_firing_of_the_scheduler_is_one_run_however_often_it_is_repeated(door):
    query = door.query()

    def fire(time, job="nightly"):
        headers = {"X-CloudScheduler-ScheduleTime": time, "X-CloudScheduler-JobName": job}
        return door.http.post("/predict", json=query, headers=headers).json

    first = fire("2026-11-25T03:00:00Z")
    assert fire("2026-11-25T03:00:00Z")["execution_id"] == first["execution_id"]
    assert first["run_id"].startswith("cron-20261125T030000Z-")
    others = {fire("2026-11-26T03:00:00Z")["run_id"], fire("2026-11-25T03:00:00Z", "b")["run_id"]}
    assert first["run_id"] not in others
    assert len(others) == 2


def test_a_schedule_time_that_is_none_is_refused(door):
    headers = {"X-CloudScheduler-ScheduleTime": "soon"}
    answer = door.predict(headers=headers)
    assert (answer.status_code, answer.json["error"]["details"][0]["reason"]) == (
        400,
        "INVALID_TIME",
    )


def test_a_scan_of_the_registry_is_deduplicated_too(door):
    keyed = {
        door.http.get(f"/model-registry?env=dev&run_id={key}").json["execution_id"]
        for key in ("scan-1", "scan-1", "scan-2")
    }
    scans = {door.http.get("/model-registry?env=dev").json["execution_id"] for _ in "12"}
    assert (len(keyed), len(scans)) == (2, 1)


@pytest.mark.parametrize("after", [True, False], ids=["answer lost", "refused"])
@pytest.mark.parametrize("status", [503, None], ids=["503", "cut"])
def test_a_launch_whose_answer_is_lost_is_found_or_done_again_and_happens_once(
    door, caplog, after, status
):
    before = set(door.executions())
    door.fault(method="POST", path=":run", status=status, after=after)
    answer = door.predict()
    assert answer.status_code == 202
    assert "is it there?" in caplog.text
    assert set(door.executions()) - before == {answer.json["execution_id"]}


def test_a_request_finds_what_one_that_died_has_launched(door):
    before = set(door.executions())
    query = door.query(run_id="died")
    door.fault(method="POST", path=":run", status=503, after=True)
    door.fault(method="GET", path="/executions", status=503, times=3)  # it gives up looking
    door.fault(method="POST", path=":run", status=503, times=3)
    first = door.http.get("/predict", query_string=query)
    door.no_more_faults()
    second = door.http.get("/predict", query_string=query)
    assert second.status_code == 202
    assert set(door.executions()) - before == {second.json["execution_id"]}
    assert first.status_code in {202, 503}


def test_a_refusal_of_cloud_run_is_told_and_launches_nothing(door):
    before = door.executions()
    door.fault(method="POST", path=":run", status=403)
    answer = door.predict(run_id="refused-once")
    assert (answer.status_code, answer.json["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert door.executions() == before


def test_the_caller_is_recorded_on_the_run(door):
    answer = door.predict(run_id="whose")
    launch = door.folder("whose")["launch.json"].download_as_text()
    assert '"caller": "anonymous"' in launch
    status = door.http.get(answer.json["status_url"]).json
    assert status["caller"] == "anonymous"


def test_no_more_runs_are_opened_than_the_deployment_allows(door):
    crowded = door.with_settings(MLSYS_MAX_OPEN_RUNS="1")
    vars(crowded.clients)["executions"] = OneOpen()
    answer = crowded.predict()
    assert (answer.status_code, answer.json["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert answer.headers["Retry-After"] == "30"


class OneOpen:
    def list_executions(self, _request):
        yield type("Execution", (), {"completion_time": None})()
