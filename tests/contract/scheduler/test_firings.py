"""Slots are delivered at least once, and every delivery of a slot names the same time."""

from deployment.definitions import Definitions
from local.provision import make_schedules
from tests.contract.scheduler.stand_in import LOCATION, StandIn, Target
from tests.waiting import wait_for

SOON = {"retryCount": 2, "minBackoffDuration": "0.1s"}


def test_a_failed_delivery_is_tried_again_for_the_same_slot(
    stand_in: StandIn, target: Target
) -> None:
    target.statuses = [503, 302]
    job = stand_in.create("retried", target.url, retryConfig=SOON)
    stand_in.post(f"v1/{job}:run").raise_for_status()
    wait_for(lambda: stand_in.job(job).get("status") == {})
    assert len(target.calls) == 3
    assert len(set(target.slots())) == 1


def test_what_fails_too_often_is_given_up_and_told(stand_in: StandIn, target: Target) -> None:
    target.statuses = [500] * 9
    job = stand_in.create("hopeless", target.url, retryConfig=SOON)
    stand_in.post(f"v1/{job}:run").raise_for_status()
    wait_for(lambda: len(target.calls) == 3)
    wait_for(lambda: "500" in stand_in.job(job)["status"].get("message", ""))
    stand_in.stop()
    stand_in.start()
    assert len(target.calls) == 3


def test_a_firing_is_delivered_twice_when_that_is_asked_for(
    stand_in: StandIn, target: Target
) -> None:
    job = stand_in.create("twice", target.url)
    stand_in.post("_duplicates", {"times": 1}).raise_for_status()
    stand_in.post(f"v1/{job}:run").raise_for_status()
    wait_for(lambda: len(target.calls) == 2)
    stand_in.post(f"v1/{job}:run").raise_for_status()
    wait_for(lambda: len(target.calls) == 3)
    first, second, third = target.slots()
    assert first == second
    assert third > second


def test_a_firing_survives_the_end_of_the_process(stand_in: StandIn, target: Target) -> None:
    target.statuses = [503]
    job = stand_in.create("kept", target.url, retryConfig=SOON | {"minBackoffDuration": "2s"})
    stand_in.post(f"v1/{job}:run").raise_for_status()
    wait_for(lambda: "message" in stand_in.job(job).get("status", {}))
    stand_in.stop()
    stand_in.start()
    wait_for(lambda: len(target.calls) == 2)
    assert len(set(target.slots())) == 1


def test_a_bad_job_and_an_unknown_one_are_refused_in_google_s_words(stand_in: StandIn) -> None:
    answer = stand_in.post("v1/projects/demo/locations/europe-west1/jobs", {"name": "x"})
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    job = stand_in.create("taken", "http://127.0.0.1:9")
    again = stand_in.post("v1/projects/demo/locations/europe-west1/jobs", stand_in.job(job))
    assert (again.status_code, again.json()["error"]["status"]) == (409, "ALREADY_EXISTS")
    unknown = stand_in.post(f"v1/{job}-not:run")
    assert (unknown.status_code, unknown.json()["error"]["status"]) == (404, "NOT_FOUND")


def test_what_terraform_defines_is_made_and_stays_paused_when_somebody_paused_it(
    stand_in: StandIn,
) -> None:
    definitions = Definitions("demo", "europe-west1", "dev")
    make_schedules(definitions, stand_in.url)
    job = f"{LOCATION}/jobs/mlsys-registry-dev"
    assert stand_in.job(job)["scheduleTime"].endswith(":17:00.000000Z")
    stand_in.post(f"v1/{job}:pause").raise_for_status()
    make_schedules(definitions, stand_in.url)
    assert stand_in.job(job)["state"] == "PAUSED"
    assert stand_in.job(job)["retryConfig"]["retryCount"] == 3
