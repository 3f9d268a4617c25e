"""BigQuery jobs that run once, however many tasks ask for them.

BigQuery runs a job id once: of any number of tasks that submit it, one wins and the others adopt
its job. A failed job burns its id, so the id carries a counter: `{base}-{k}` for the first k whose
job has not failed.
"""

import logging
import time
from collections.abc import Callable
from typing import cast

from google.api_core.exceptions import BadRequest, Conflict, GoogleAPICallError, NotFound
from google.cloud import bigquery

from shared.errors import FailedPrecondition
from shared.tables.catalog import error_text

log = logging.getLogger(__name__)

# More burnt ids than this mean that BigQuery refuses for good.
_LONGEST_SERIES = 20
_TRIES = 4
_PAUSE_SECONDS = 2.0
# https://cloud.google.com/bigquery/docs/error-messages: those that say "retry the job".
_TRANSIENT = frozenset(
    {
        "backendError",
        "internalError",
        "jobBackendError",
        "jobInternalError",
        "jobRateLimitExceeded",
        "rateLimitExceeded",
        "tableUnavailable",
    }
)


class JobRefusedError(FailedPrecondition):
    """A BigQuery job failed in a way that stays; its sentence carries BigQuery's words.

    Attributes:
        bigquery_reason: BigQuery's own code, e.g. "duplicate" or "invalid".
    """

    reason = "BIGQUERY_REFUSED"

    def __init__(self, job_id: str, failure: dict[str, str]):
        super().__init__(f"BigQuery refused job {job_id}: {failure.get('message', failure)}")
        self.bigquery_reason = failure.get("reason", "")


def run_once[Job: (bigquery.LoadJob, bigquery.QueryJob)](
    client: bigquery.Client, base_id: str, submit: Callable[[str], Job]
) -> Job:
    """The finished job of a series; jobs that fail for a passing reason are followed by the next.

    Raises:
        JobRefusedError: when the job that this call waited for failed for good.
        FailedPrecondition: when too many jobs of the series have failed.
        google.api_core.exceptions.GoogleAPICallError: when BigQuery is away.
    """
    failures = 0
    for k in range(_LONGEST_SERIES):
        job_id = f"{base_id}-{k}"
        job, is_ours = _submitted_or_adopted(client, job_id, submit)
        if not is_ours and job.done() and job.error_result:
            continue  # burnt by an earlier attempt
        if not (failure := _failure(job)):
            return job
        failures += 1
        if failure.get("reason") not in _TRANSIENT or failures == _TRIES:
            raise JobRefusedError(job_id, failure)
        log.warning("job %s failed and is tried again: %s", job_id, failure.get("message"))
        time.sleep(_PAUSE_SECONDS * failures)
    raise FailedPrecondition(
        f"{_LONGEST_SERIES} BigQuery jobs {base_id}-… have failed: look at the last one's error",
        reason="BIGQUERY_REFUSED",
    )


def _submitted_or_adopted[Job: (bigquery.LoadJob, bigquery.QueryJob)](
    client: bigquery.Client, job_id: str, submit: Callable[[str], Job]
) -> tuple[Job, bool]:
    try:
        return submit(job_id), True
    except (Conflict, BadRequest) as refusal:
        # Somebody was first; or, when no job stands under the id, this one will never be.
        try:
            return cast("Job", client.get_job(job_id)), False
        except NotFound:
            raise JobRefusedError(job_id, {"message": error_text(refusal)}) from refusal


def _failure(job: bigquery.LoadJob | bigquery.QueryJob) -> dict[str, str]:
    """What the job says of its failure, {} when it has succeeded."""
    try:
        job.result()
    except GoogleAPICallError:
        # Only what the job itself says is its failure; anything else is a question unanswered.
        if not (job.done() and job.error_result):
            raise
    return dict(job.error_result or {})
