import pytest

from gateway.launching.launch_request import (
    LaunchRequest,
    digest,
    prediction_launch,
    scan_launch,
    slot_run_id,
)
from shared.errors import Conflict, InvalidArgument
from shared.request.prediction_request import PredictionRequest
from tests.run_documents import MOMENT

JOB = "projects/p/locations/l/jobs/mlsys-predict-dev"
VALUES = {
    "env": "dev",
    "input_table": "titanic.passengers",
    "output_table": "titanic.predictions",
    "model_name": "titanic",
    "model_version": "v1",
}


def prediction(caller="ada@example.com", tasks=None, **changes):
    request = PredictionRequest.from_mapping(VALUES | changes)
    return prediction_launch(request, job=JOB, caller=caller, tasks=tasks)


def scan(key="", caller="ada@example.com"):
    return scan_launch("dev", key, job="registry", caller=caller)


def test_the_run_id_is_the_last_argument_of_a_prediction_and_no_parameter():
    request = prediction(run_id="monday")
    assert request.arguments == [*request.parameters, "--run_id=monday"]
    assert not any(each.startswith("--run_id") for each in request.parameters)


def test_a_scan_uses_the_arguments_of_its_job():
    assert scan("key-1").arguments is None
    assert scan("key-1").recorded_arguments == ("--env=dev",)


def test_the_documents_of_a_launch_say_what_was_launched():
    request = prediction(run_id="monday", tasks=3)
    claim = request.launch_document(nonce="n1", at=MOMENT)
    assert (claim.nonce, claim.at, claim.caller) == ("n1", MOMENT, "ada@example.com")
    assert (claim.job, claim.tasks) == (JOB, 3)
    assert claim.arguments == tuple(request.arguments)
    launched = request.execution_document("mlsys-predict-dev-abcde")
    assert (launched.execution_id, launched.run_id) == ("mlsys-predict-dev-abcde", "monday")
    assert (launched.job, launched.arguments) == (claim.job, claim.arguments)


def test_equal_requests_of_one_caller_share_their_deduplication_key():
    assert prediction().deduplication_key == prediction(run_id="other").deduplication_key
    assert prediction().deduplication_key == prediction(tasks=4).deduplication_key
    different = [
        prediction(),
        prediction(caller="eve@example.com"),
        prediction(row_filter="Age > 3"),
        prediction(output_table="titanic.other"),
    ]
    assert len({each.deduplication_key for each in different}) == len(different)


def test_equal_scans_of_all_callers_share_their_deduplication_key():
    assert scan().deduplication_key == scan(caller="eve@example.com").deduplication_key


def test_a_run_id_belongs_to_one_job_and_its_arguments():
    launched = prediction(run_id="monday").launch_document(nonce="n1", at=MOMENT)
    prediction(run_id="monday", caller="eve@example.com", tasks=9).require_same(launched)
    for other in (
        prediction(run_id="monday", output_table="titanic.other"),
        LaunchRequest(job="other", caller="a", parameters=prediction().parameters, run_id="monday"),
    ):
        with pytest.raises(Conflict) as caught:
            other.require_same(launched)
        assert caught.value.reason == "RUN_ID_REUSED"


@pytest.mark.parametrize("key", ["a b", "-a", "_a", "a" * 101, "é", "a/b", "a\n"])
def test_a_key_that_is_no_run_id_is_rejected(key):
    with pytest.raises(InvalidArgument, match="is not usable"):
        scan(key)


@pytest.mark.parametrize("key", ["", "a", "A-1_b", "a" * 100])
def test_a_key_is_the_run_id(key):
    assert scan(key).run_id == key


def test_firings_for_one_slot_share_a_run_id_in_any_zone():
    first = slot_run_id(prediction(), "2026-11-25T03:00:00Z", "nightly")
    assert first.startswith("cron-20261125T030000Z-")
    assert first == slot_run_id(prediction(), "2026-11-25T04:00:00+01:00", "nightly")
    assert len(scan(first).run_id) <= 100


def test_other_slots_schedules_and_requests_have_other_run_ids():
    slots = {
        slot_run_id(prediction(), "2026-11-25T03:00:00Z", "nightly"),
        slot_run_id(prediction(), "2026-11-26T03:00:00Z", "nightly"),
        slot_run_id(prediction(), "2026-11-25T03:00:00Z", "hourly"),
        slot_run_id(prediction(row_filter="Age > 3"), "2026-11-25T03:00:00Z", "nightly"),
        slot_run_id(scan(), "2026-11-25T03:00:00Z", "nightly"),
    }
    assert len(slots) == 5


@pytest.mark.parametrize("time", ["", "soon", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_malformed_schedule_time_is_rejected(time):
    with pytest.raises(InvalidArgument) as caught:
        slot_run_id(prediction(), time, "nightly")
    assert caught.value.reason == "INVALID_TIME"


def test_a_digest_depends_on_where_texts_end():
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("ab")) == 20
