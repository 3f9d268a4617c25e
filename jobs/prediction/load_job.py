"""The load job of a run: BigQuery loads the shards into the output table, at once and once."""

from dataclasses import dataclass

from google.cloud import bigquery

from jobs.drift.input_profile import InputProfile
from jobs.prediction.bigquery_jobs import JobRefusedError, run_once
from jobs.prediction.plan import Plan
from jobs.prediction.shards import shard_contents, shards_of
from shared.clients import Clients, google_errors
from shared.errors import DataLoss
from shared.request.parameters import Disposition
from shared.runs.folder import RunFolder
from shared.tables.catalog import output_columns
from shared.tables.compatibility import output_not_empty
from shared.tables.table import Column

_CLUSTERING = ("ModelName", "ModelVersion")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A finished load job of a run's shards.

    Attributes:
        profile: of the rows that were scored, None where it is not known.
        size_bytes: of the shards.
    """

    job: bigquery.LoadJob
    profile: InputProfile | None
    size_bytes: int


def load_shards(plan: Plan, folder: RunFolder, clients: Clients) -> Loaded:
    """Load the run's shards into the output table, once.

    Raises:
        FailedPrecondition: when BigQuery refuses the rows for good.
        DataLoss: when BigQuery loaded another number of rows than were scored.
        Transient: when BigQuery is away.
    """
    shards = shards_of(folder)
    scored = shard_contents(shards.values())
    with google_errors(f"loading {plan.sink}"):
        job = _load(plan, [f"{folder.uri}/{name}" for name in shards], clients)
    if job.output_rows != scored.rows:
        raise DataLoss(
            f"load job {job.job_id} wrote {job.output_rows} rows into {plan.sink}, and "
            f"{scored.rows} were scored: do not use them, and report this",
            reason="ROWS_LOST",
            table=str(plan.sink),
        )
    return Loaded(job, scored.profile, sum(shard.size for shard in shards.values()))


def _load(plan: Plan, uris: list[str], clients: Clients) -> bigquery.LoadJob:
    existing = output_columns(clients.bigquery, plan.sink)
    if existing is not None and plan.disposition is Disposition.EMPTY:
        _add_missing_columns(plan, clients.bigquery)
    config = _load_config(plan, existing)

    def submit(job_id: str) -> bigquery.LoadJob:
        return clients.bigquery.load_table_from_uri(
            uris, str(plan.sink), job_id=job_id, job_config=config
        )

    try:
        return run_once(clients.bigquery, f"mlsys-{plan.run_id}", submit)
    except JobRefusedError as error:
        if error.bigquery_reason == "duplicate" and plan.disposition is Disposition.EMPTY:
            raise output_not_empty(plan.sink) from error
        raise


def _add_missing_columns(plan: Plan, client: bigquery.Client) -> None:
    # A load job adds columns only when it appends.
    table = client.get_table(str(plan.sink))
    existing = {field.name.casefold() for field in table.schema}
    missing = [column for column in plan.schema.output if column.name.casefold() not in existing]
    if missing:
        table.schema = [*table.schema, *_fields(missing)]
        client.update_table(table, ["schema"])


def _load_config(plan: Plan, existing: tuple[Column, ...] | None) -> bigquery.LoadJobConfig:
    # BigQuery refuses a load that calls a required column nullable.
    modes = {column.name.casefold(): column.mode for column in existing or ()}
    columns = [
        Column(each.name, each.type, modes.get(each.name.casefold(), each.mode))
        for each in plan.schema.output
    ]
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.PARQUET,
        write_disposition=plan.disposition.for_bigquery,
        schema=_fields(columns),
        labels={"mlsys-env": plan.request["env"]},
    )
    if existing is None:
        config.time_partitioning = bigquery.TimePartitioning(field="PredictionTimestamp")
        names = {column.name for column in columns}
        config.clustering_fields = [each for each in _CLUSTERING if each in names]
    elif plan.disposition is Disposition.APPEND:
        # A table of an older release lacks the lineage columns.
        config.schema_update_options = [bigquery.SchemaUpdateOption.ALLOW_FIELD_ADDITION]
    return config


def _fields(columns: list[Column]) -> list[bigquery.SchemaField]:
    return [bigquery.SchemaField(each.name, each.type, each.mode) for each in columns]
