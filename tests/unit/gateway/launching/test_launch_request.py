from dataclasses import replace

import pytest

from gateway.launching.launch_request import LaunchRequest
from shared.errors import Conflict
from tests.run_documents import JOB, MOMENT

PREDICTION = LaunchRequest(job=JOB, caller="me", parameters=["--env=dev"], run_id="run-1", tasks=3)
SCAN = LaunchRequest(job=JOB, caller="me", parameters=["--env=dev"], run_id="key", is_scan=True)


def test_the_documents_of_a_launch_say_what_was_launched():
    claim = PREDICTION.launch_document(nonce="n1", at=MOMENT)
    assert (claim.nonce, claim.at, claim.caller) == ("n1", MOMENT, "me")
    assert (claim.job, claim.tasks) == (JOB, 3)
    assert claim.arguments == ("--env=dev", "--run_id=run-1")
    launched = PREDICTION.execution_document("mlsys-predict-dev-abcde")
    assert (launched.execution_id, launched.run_id) == ("mlsys-predict-dev-abcde", "run-1")
    assert (launched.job, launched.arguments) == (claim.job, claim.arguments)


def test_a_scan_is_launched_with_its_job_s_own_arguments_and_recorded_with_its_parameters():
    assert SCAN.arguments is None
    assert SCAN.launch_document(nonce="n1", at=MOMENT).arguments == ("--env=dev",)


@pytest.mark.parametrize("request_", [PREDICTION, SCAN], ids=["prediction", "scan"])
def test_a_run_id_belongs_to_one_request_whoever_sends_it(request_):
    claim = request_.launch_document(nonce="n1", at=MOMENT)
    replace(request_, caller="somebody-else", tasks=9).require_same(claim)
    with pytest.raises(Conflict, match="was used for another request"):
        replace(request_, parameters=["--env=dev", "--as_of=x"]).require_same(claim)
    with pytest.raises(Conflict, match="was used for another request"):
        replace(request_, job="projects/p/jobs/another").require_same(claim)
