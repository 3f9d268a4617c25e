"""What a run committed, and its one row in `prediction_runs`."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from google.cloud import bigquery

from jobs.once import run_once
from shared.clients import Clients, google_errors

if TYPE_CHECKING:
    from datetime import datetime

_INSERT_RUN = """
INSERT INTO `{dataset}`.prediction_runs
  (run_id, execution_id, environment, status, input_table, output_table, write_disposition,
   model_name, model_version, model_generation, snapshot_time, started_at, finished_at, seconds,
   `rows`, output_bytes, load_job_id)
VALUES
  (@run_id, @execution_id, @environment, @status, @input_table, @output_table, @write_disposition,
   @model_name, @model_version, @model_generation, @snapshot_time, @started_at, @finished_at,
   @seconds, @rows, @output_bytes, @load_job_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run committed; the fields are the columns of `prediction_runs`."""

    run_id: str
    execution_id: str
    environment: str
    status: str
    input_table: str
    output_table: str
    write_disposition: str
    model_name: str
    model_version: str
    model_generation: int
    snapshot_time: "datetime"
    started_at: "datetime"
    finished_at: "datetime"
    seconds: float
    rows: int
    output_bytes: int
    load_job_id: str


def record(outcome: Outcome, clients: Clients) -> None:
    """Write the run's row, once, however often this is asked.

    It is DML with a job id of the run's own: no share of the 1,500 load jobs a day.

    Raises:
        Transient: when BigQuery is away.
    """
    statement = _INSERT_RUN.format(dataset=f"{clients.bigquery.project}.{clients.settings.dataset}")
    config = bigquery.QueryJobConfig(query_parameters=_parameters(asdict(outcome)))

    def submit(job_id: str) -> bigquery.QueryJob:
        return clients.bigquery.query(statement, job_config=config, job_id=job_id, job_retry=None)

    with google_errors("recording the run in prediction_runs"):
        run_once(clients.bigquery, f"mlsys-{outcome.run_id}-record", submit)


_PARAMETER_TYPES = {"str": "STRING", "int": "INT64", "float": "FLOAT64", "datetime": "TIMESTAMP"}


def _parameters(values: dict[str, Any]) -> list[bigquery.ScalarQueryParameter]:
    return [
        bigquery.ScalarQueryParameter(name, _PARAMETER_TYPES[type(value).__name__], value)
        for name, value in values.items()
    ]
