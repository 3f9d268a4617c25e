"""The commit of a run: one BigQuery load job makes all rows appear at once, or none.

The job's id is derived from the run's, and BigQuery runs an id once: of any number of tasks that
try to commit, one wins and the others adopt its job.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from google.api_core.exceptions import Conflict as GoogleConflict
from google.cloud import bigquery

from jobs.plan import Plan, not_empty
from jobs.shards import shard_sizes
from shared.catalog import output_columns
from shared.clients import Clients, google_errors
from shared.errors import FailedPrecondition
from shared.prediction import Disposition
from shared.runs import OUTCOME, RunFolder

if TYPE_CHECKING:
    from datetime import datetime

# A failed job burns its id; more burnt ids than this mean that the table refuses the rows.
_JOB_ATTEMPTS = 20

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


def commit(plan: Plan, folder: RunFolder, clients: Clients) -> dict[str, Any]:
    """Load the run's shards into the output table, once; the outcome is returned.

    Raises:
        FailedPrecondition: when BigQuery refuses the rows for good.
        Transient: when BigQuery is away.
    """
    sizes = shard_sizes(folder)
    config = _load_config(plan, exists=output_columns(clients.bigquery, plan.sink) is not None)
    uris = [f"{folder.uri}/{name}" for name in sorted(sizes)]

    def submit(job_id: str) -> bigquery.LoadJob:
        return clients.bigquery.load_table_from_uri(
            uris, str(plan.sink), job_id=job_id, job_config=config
        )

    with google_errors(f"loading {plan.sink}"):
        try:
            job = run_once(clients.bigquery, f"mlsys-{plan.run_id}", submit)
        except GoogleConflict as error:
            raise not_empty(plan.sink) from error
    outcome = _outcome(plan, clients, job, sum(sizes.values()))
    _record(outcome, clients)
    return folder.create(OUTCOME, asdict(outcome))


def run_once(client: bigquery.Client, base_id: str, submit: Callable[[str], Any]) -> Any:
    """The finished job `{base_id}-{k}` for the first k whose job has not failed.

    Raises:
        FailedPrecondition: when too many jobs of this base have failed.
        google.api_core.exceptions.GoogleAPICallError: when the job that this call started failed.
    """
    for attempt in range(_JOB_ATTEMPTS):
        job_id = f"{base_id}-{attempt}"
        try:
            job = submit(job_id)
        except GoogleConflict:
            job = client.get_job(job_id)
            if job.done() and job.error_result:
                continue
        job.result()
        return job
    raise FailedPrecondition(
        f"{_JOB_ATTEMPTS} BigQuery jobs {base_id}-… have failed: look at the last one's error",
        reason="COMMIT_REFUSED",
    )


def _load_config(plan: Plan, *, exists: bool) -> bigquery.LoadJobConfig:
    disposition = Disposition(plan.request["write_disposition"])
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.PARQUET,
        write_disposition=disposition.for_bigquery,
        schema=[bigquery.SchemaField(c.name, c.type) for c in plan.layout.output],
        labels={"mlsys-env": plan.request["env"]},
    )
    if not exists:
        config.time_partitioning = bigquery.TimePartitioning(field="PredictionTimestamp")
        config.clustering_fields = ["ModelName", "ModelVersion"]
    elif disposition is Disposition.APPEND:
        # A table of an older release lacks the lineage columns.
        config.schema_update_options = [bigquery.SchemaUpdateOption.ALLOW_FIELD_ADDITION]
    return config


def _outcome(plan: Plan, clients: Clients, job: bigquery.LoadJob, output_bytes: int) -> Outcome:
    return Outcome(
        run_id=plan.run_id,
        execution_id=clients.settings.execution,
        environment=clients.settings.environment,
        status="SUCCEEDED",
        input_table=str(plan.source),
        output_table=str(plan.sink),
        write_disposition=Disposition(plan.request["write_disposition"]).for_bigquery,
        model_name=plan.model.version.name,
        model_version=plan.model.version.version,
        model_generation=plan.model.generation,
        snapshot_time=plan.planned_at,
        started_at=plan.planned_at,
        finished_at=job.ended,
        seconds=(job.ended - plan.planned_at).total_seconds(),
        rows=job.output_rows,
        output_bytes=output_bytes,
        load_job_id=job.job_id,
    )


def _record(outcome: Outcome, clients: Clients) -> None:
    # DML with a job id of the run's own: one row a run, and no share of the 1,500 load jobs a day.
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
