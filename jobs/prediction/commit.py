"""The commit of a run: its load job, its run record, and its outcome."""

import logging
from dataclasses import replace
from typing import Any

from google.cloud import bigquery

from jobs.drift.input_profile import InputProfile
from jobs.drift.profile import baseline_from_metadata
from jobs.drift.psi import drift, drift_warning
from jobs.prediction.load_job import load_shards
from jobs.prediction.plan import Plan
from jobs.prediction.run_record import insert_run_record
from shared.clients import Clients
from shared.errors import Permanent
from shared.runs.documents import RunRecord
from shared.runs.folder import LAUNCH, OUTCOME, RunFolder

log = logging.getLogger(__name__)


def commit(plan: Plan, folder: RunFolder, clients: Clients) -> RunRecord:
    """Load the run's shards into the output table, once, and record it.

    Returns:
        The record of the run, which is also its `outcome.json`.

    Raises:
        FailedPrecondition, DataLoss, Transient: as `load_shards`.
    """
    loaded = load_shards(plan, folder, clients)
    outcome = _outcome(plan, clients, loaded.job, loaded.size_bytes)
    outcome = replace(outcome, caller=_caller(folder), **_drift_of(plan, loaded.profile))
    insert_run_record(outcome, clients)
    return folder.create(OUTCOME, outcome)


def _caller(folder: RunFolder) -> str | None:
    try:
        launch = folder.read(LAUNCH)
    except Permanent:  # a corrupt document; the rows are loaded, and must be recorded
        return None
    return launch.caller if launch else None


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
