import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from local.google_json import InvalidArgumentError
from local.scheduler.delivery import Dispatcher, Route, headers
from local.scheduler.job import DEFAULTS, Job, RetryPolicy

NAME = "projects/p/locations/europe-west1/jobs/nightly"


def job(**changes: Any) -> Job:
    wanted = {"name": NAME, "schedule": "0 3 * * *", "httpTarget": {"uri": "http://here/predict"}}
    return Job.of(wanted | changes)


def target(**changes: Any) -> dict[str, dict[str, Any]]:
    return {"httpTarget": {"uri": "http://here/predict"} | changes}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "slot"),
    [
        ("2026-01-31T02:30", "2026-02-01T02:00"),  # winter: 3 in Berlin is 2 in UTC
        ("2026-07-01T00:30", "2026-07-01T01:00"),  # summer
        ("2026-07-01T01:00", "2026-07-02T01:00"),  # a slot is not its own next one
    ],
)
def test_a_slot_is_a_time_of_the_job_s_own_time_zone(after: str, slot: str) -> None:
    assert job(timeZone="Europe/Berlin").next_slot(at(after)) == at(slot)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "nightly"}, "Job name"),
        ({"schedule": ""}, "five fields"),
        ({"schedule": "0 0 3 * * *"}, "five fields"),
        ({"schedule": "61 3 * * *"}, "malformed"),
        ({"schedule": "0 3 31 2 *"}, "malformed"),
        ({"timeZone": "Europe/Atlantis"}, "Time zone"),
        ({"timeZone": "../../etc/passwd"}, "Time zone"),
        ({"httpTarget": {}}, "httpTarget.uri"),
        (target(uri="ftp://here"), "httpTarget.uri"),
        (target(httpMethod="BREW"), "httpTarget.httpMethod"),
        (target(body="not base64!"), "httpTarget.body"),
        ({"attemptDeadline": "soon"}, "duration"),
        ({"retryConfig": {"retryCount": "some"}}, "integer"),
    ],
)
def test_what_can_never_be_right_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArgumentError, match=named):
        job(**changes)


def test_the_fields_of_an_update_mask_change_and_no_others() -> None:
    kept = job(**target(headers={"a": "b"}), description="old")
    sent = {"schedule": "5 4 * * *", "httpTarget": {"uri": "http://there", "httpMethod": "PUT"}}
    changed = kept.changed(sent, ["schedule", "httpTarget.uri", "description"])
    assert changed.resource["schedule"] == "5 4 * * *"
    assert changed.target == {"uri": "http://there", "httpMethod": "POST", "headers": {"a": "b"}}
    assert "description" not in changed.resource


def test_a_request_says_which_slot_of_which_job_it_is_for() -> None:
    body = base64.b64encode(b"{}").decode()
    named = job(**target(body=body, headers={"Content-Type": "application/json"}))
    assert headers(named, at("2026-02-01T02:00")) == {
        "User-Agent": "Google-Cloud-Scheduler",
        "Content-Type": "application/json",
        "X-CloudScheduler": "true",
        "X-CloudScheduler-JobName": "nightly",
        "X-CloudScheduler-ScheduleTime": "2026-02-01T02:00:00.000000Z",
    }


def test_only_what_stands_here_is_looked_for_here() -> None:
    dispatcher = Dispatcher(
        [Route(r"https://([a-z0-9-]+-)?run\.googleapis\.com", "http://h:1")], None
    )  # type: ignore[arg-type]  # asks nobody
    assert dispatcher.address("https://run.googleapis.com/v2/a?b") == "http://h:1/v2/a?b"
    assert dispatcher.address("https://europe-west1-run.googleapis.com/v2") == "http://h:1/v2"
    for elsewhere in ("https://run.googleapis.com.example/v2", "https://example.com/run"):
        assert dispatcher.address(elsewhere) == elsewhere


def policy(**changes: object) -> RetryPolicy:
    return RetryPolicy.of(DEFAULTS | changes)


def test_the_delay_doubles_and_then_grows_evenly_as_in_the_reference() -> None:
    growing = policy(minBackoffDuration="10s", maxBackoffDuration="300s", maxDoublings=3)
    delays = [growing.delay_seconds(attempts) for attempts in range(1, 9)]
    assert delays == [10, 20, 40, 80, 160, 240, 300, 300]


def test_without_a_retry_config_one_attempt_is_all() -> None:
    assert policy().gives_up(attempts=1, age_seconds=0)


def test_a_firing_is_given_up_when_both_limits_are_reached() -> None:
    both = policy(retryCount=2, maxRetryDuration="60s")
    assert not both.gives_up(attempts=2, age_seconds=60)
    assert not both.gives_up(attempts=3, age_seconds=59)
    assert both.gives_up(attempts=3, age_seconds=60)
