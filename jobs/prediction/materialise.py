"""What the Storage API cannot read, a view or the past, becomes a table by one query job."""

from google.cloud import bigquery

from jobs.prediction.bigquery_jobs import run_once
from shared.clients import Clients, google_errors
from shared.tables.selection import Selection
from shared.tables.table import TableId

# The table outlives the read session over it, about six hours, by far. It is made by a statement
# because only that sets an expiry in the same breath, and because BigQuery bounds results that
# have no table of their own by 10 GB.
_MATERIALISE = """
CREATE TABLE {made}
OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))
AS {selection}
"""


def materialise(clients: Clients, selection: Selection, *, run_id: str) -> TableId:
    """Let one query job of the run write the selection into a table, which expires after a day.

    The job, and with it the table, is the same for every task and attempt of the run.

    Raises:
        FailedPrecondition: when BigQuery refuses the query, with its words.
        Transient: when BigQuery is away.
    """

    def table(job_id: str) -> TableId:
        return TableId(clients.settings.project_id, clients.settings.dataset, job_id)

    def submit(job_id: str) -> bigquery.QueryJob:
        statement = _MATERIALISE.format(made=table(job_id).quoted, selection=selection.sql)
        return clients.bigquery.query(statement, job_id=job_id, job_retry=None)

    with google_errors(f"querying {selection.table}"):
        job = run_once(clients.bigquery, f"mlsys-{run_id}-input", submit)
    return table(job.job_id)
