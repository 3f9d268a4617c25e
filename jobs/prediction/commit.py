"""The commit of a run: one BigQuery load job writes all rows at once, or none."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from google.cloud import bigquery

from jobs.drift.input_profile import InputProfile
from jobs.drift.profile import baseline_from_metadata
from jobs.drift.psi import drift, drift_warning
from jobs.prediction.bigquery_jobs import JobRefusedError, run_once
from jobs.prediction.plan import Plan
from jobs.prediction.run_record import insert_run_record
from jobs.prediction.shards import shard_contents, shards_of
from shared.clients import Clients, google_errors
from shared.errors import DataLoss
from shared.request.parameters import Disposition
from shared.runs.documents import RunRecord
from shared.runs.folder import LAUNCH, OUTCOME, RunFolder
from shared.tables.catalog import output_columns
from shared.tables.compatibility import output_not_empty
from shared.tables.table import Column

log = logging.getLogger(__name__)

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


def commit(plan: Plan, folder: RunFolder, clients: Clients) -> RunRecord:
    """Load the run's shards into the output table, once, and record it.

    Returns:
        The record of the run, which is also its `outcome.json`.

    Raises:
        FailedPrecondition: when BigQuery refuses the rows for good.
        DataLoss: when BigQuery loaded another number of rows than were scored.
        Transient: when BigQuery is away.
    """
    loaded = load_shards(plan, folder, clients)
    outcome = _outcome(plan, clients, loaded.job, loaded.size_bytes)
    launch = folder.read(LAUNCH)
    caller = launch.caller if launch else None
    outcome = replace(outcome, caller=caller, **_drift_of(plan, loaded.profile))
    insert_run_record(outcome, clients)
    return folder.create(OUTCOME, outcome)


def load_shards(plan: Plan, folder: RunFolder, clients: Clients) -> Loaded:
    """Load the run's shards into the output table, once.

    Raises:
        FailedPrecondition, DataLoss, Transient: as `commit`.
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


def _drift_of(plan: Plan, profile: InputProfile | None) -> dict[str, Any]:
    """The record's columns about the input; logs a warning when it has drifted."""
    if not profile:
        return {}
    found = drift(baseline_from_metadata(plan.model.metadata), profile)
    if found and found["drifted"]:
        # The alert in terraform/modules/mlsys/alerts.tf matches this log record.
        about = {"run_id": plan.run_id, "model": str(plan.model.version), "drift": found}
        log.warning("%s", drift_warning(found), extra={"drifted": True, **about})
    return {"input_profile": profile.to_json(), "drift": found}


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


def _outcome(plan: Plan, clients: Clients, job: bigquery.LoadJob, output_bytes: int) -> RunRecord:
    return RunRecord(
        run_id=plan.run_id,
        execution_id=clients.settings.execution,
        environment=clients.settings.environment,
        status="SUCCEEDED",
        input_table=str(plan.source),
        output_table=str(plan.sink),
        write_disposition=plan.disposition.for_bigquery,
        model_name=plan.model.version.name,
        model_version=plan.model.version.version,
        model_generation=plan.model.generation,
        snapshot_time=plan.snapshot_time,
        started_at=plan.planned_at,
        finished_at=job.ended,
        seconds=(job.ended - plan.planned_at).total_seconds(),
        rows=job.output_rows,
        output_bytes=output_bytes,
        load_job_id=job.job_id,
    )
