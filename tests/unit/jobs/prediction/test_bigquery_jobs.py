import pytest
from google.api_core.exceptions import BadRequest, Conflict, InternalServerError, NotFound

from jobs.prediction import bigquery_jobs
from jobs.prediction.bigquery_jobs import JobRefusedError, run_once
from shared.errors import FailedPrecondition


class Job:
    """A job that is over at once, well or with a reason."""

    def __init__(self, job_id, reason):
        self.job_id = job_id
        self.error_result = {"reason": reason, "message": f"it was {reason}"} if reason else None

    def done(self):
        return True

    def result(self):
        if self.error_result:
            raise InternalServerError(self.error_result["message"])


class BigQuery:
    """Runs each id once; `reasons` says how the jobs end, in the order of their ids."""

    def __init__(self, *reasons, standing=0):
        self._reasons = reasons
        self.jobs = {}
        for _ in range(standing):
            self._run(f"load-{len(self.jobs)}")

    def _run(self, job_id):
        self.jobs[job_id] = Job(job_id, self._reasons[len(self.jobs)])
        return self.jobs[job_id]

    def submit(self, job_id):
        if job_id in self.jobs:
            raise Conflict("Already Exists")
        return self._run(job_id)

    def get_job(self, job_id):
        if job_id not in self.jobs:
            raise NotFound("no such job")
        return self.jobs[job_id]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(bigquery_jobs, "_PAUSE_SECONDS", 0)


def finished(bigquery):
    return run_once(bigquery, "load", bigquery.submit).job_id


def test_who_comes_second_adopts_the_first_s_job():
    assert finished(BigQuery(None, standing=1)) == "load-0"


def test_ids_that_earlier_attempts_burnt_are_passed_over():
    assert finished(BigQuery("invalid", "backendError", None, standing=2)) == "load-2"


def test_a_job_that_fails_for_a_passing_reason_is_followed_by_the_next():
    assert finished(BigQuery("backendError", "internalError", None)) == "load-2"


def test_a_passing_reason_that_stays_ends_the_attempt():
    bigquery = BigQuery(*["backendError"] * 20)
    with pytest.raises(JobRefusedError):
        finished(bigquery)
    assert len(bigquery.jobs) == 4


def test_a_refusal_is_told_at_once_in_bigquery_s_words():
    bigquery = BigQuery("invalid", None)
    with pytest.raises(JobRefusedError, match="it was invalid") as caught:
        finished(bigquery)
    assert caught.value.bigquery_reason == "invalid"
    assert len(bigquery.jobs) == 1


def test_a_job_that_is_refused_before_it_exists_is_told_too():
    bigquery = BigQuery()

    def submit(job_id):
        raise BadRequest("Syntax error")

    with pytest.raises(JobRefusedError, match="Syntax error"):
        run_once(bigquery, "load", submit)


def test_too_many_burnt_ids_are_an_error():
    bigquery = BigQuery(*["invalid"] * 20, standing=20)
    with pytest.raises(FailedPrecondition, match="20 BigQuery jobs"):
        finished(bigquery)
