"""The console's pages: overview, executions, one execution, one model version."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

from flask import Response, request, url_for

from gateway.console.drift import FeatureChart, feature_charts
from gateway.console.formatting import seconds_between
from gateway.console.rendering import console, page
from gateway.context import clients
from gateway.executions.cloud_run import CloudRun, arguments_of, resource_id
from gateway.executions.executions import status_of
from gateway.executions.history import History
from gateway.executions.listing import ExecutionQuery, Page
from gateway.executions.routes import summary
from gateway.executions.status import State, progress_of
from gateway.models.model_catalog import ModelCatalog
from shared.clients import Clients
from shared.errors import NotFound
from shared.request.prediction_request import PredictionRequest
from shared.runs.folder import CANCEL, RunFolder

_RECENT = 10
_OPEN = {State.QUEUED, State.RUNNING}
_PARAMETERS = [each.name for each in fields(PredictionRequest)]
_LIST_SECONDS, _RUN_SECONDS = 10, 3
_MAX_LINE = 200  # characters

type Row = dict[str, Any]


def overview() -> Response:
    """The models and the most recent executions."""
    own = clients()
    _ = own.bigquery, own.executions  # made here once, not in both threads
    with ThreadPoolExecutor(2) as threads:
        models = threads.submit(ModelCatalog(own).models)
        recent = threads.submit(ExecutionQuery(page_size=_RECENT).page, own)
    executions = _rows(recent.result(), own)
    return page(
        "overview.html",
        live_seconds=_live(executions, _LIST_SECONDS),
        models=models.result(),
        executions=executions,
        bucket=own.settings.models_bucket,
    )


@console.get("/executions")
def executions() -> Response:
    """The executions, newest first, with filters, in pages."""
    filters: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name != "live"
    }
    found = ExecutionQuery.from_mapping(filters).page(clients())
    rows = _rows(found, clients())
    jobs = (clients().settings.predict_job, clients().settings.registry_job)
    older = {**filters, "page_token": found.next_page_token}
    return page(
        "executions.html",
        live_seconds=_live(rows, _LIST_SECONDS),
        executions=rows,
        filters=filters,
        states=[each.value for each in State],
        jobs=[resource_id(job) for job in jobs],
        next_url=url_for("console.executions", **older) if found.next_page_token else None,
        json_url=url_for("executions.list_executions", **filters),
    )


@console.get("/executions/<execution_id>")
def execution(execution_id: str) -> Response:
    """An execution: its state, progress, error and outcome, and the drift of its input."""
    run = status_of(execution_id, clients())
    outcome = run["outcome"] or {}
    found = CloudRun(clients()).execution(execution_id)
    parameters = arguments_of(found) if found else outcome
    return page(
        "execution.html",
        live_seconds=_RUN_SECONDS if run["state"] in _OPEN else 0,
        run=run,
        is_cancelling=run["state"] in _OPEN and _is_cancelling(run),
        parameters={name: parameters[name] for name in _PARAMETERS if parameters.get(name)},
        seconds=outcome.get("seconds") or seconds_between(run["started_at"], run["completed_at"]),
        charts=_charts(outcome),
        json_url=url_for("executions.execution_status", execution_id=execution_id),
    )


@console.get("/models/<name>/<version>")
def model_version(name: str, version: str) -> Response:
    """A model version: signature, findings, artifact, runs, metadata."""
    model = ModelCatalog(clients()).version(name, version)
    metadata = model["metadata"] if isinstance(model["metadata"], dict) else {}
    return page(
        "model.html",
        model=model,
        signature=model["signature"] or {},
        metadata=metadata,
        metadata_text=json.dumps(metadata, indent=2, ensure_ascii=False),
        description=metadata.get("description"),
        short_metadata=_short_values(metadata),
        runs=_history(clients()).runs_of_model(model["model_name"], model["model_version"]),
        json_url=url_for(
            "models.describe_version", name=model["model_name"], version=model["model_version"]
        ),
    )


def _is_cancelling(run: Row) -> bool:
    """Whether an open execution was cancelled; its container has ten seconds to stop."""
    cancel = RunFolder.of(clients(), run["run_id"]).read(CANCEL)
    return cancel is not None and cancel.execution_id == run["execution_id"]


def _live(rows: list[Row], seconds: int) -> int:
    return seconds if any(row["state"] in _OPEN for row in rows) else 0


def _rows(found: Page, own: Clients) -> list[Row]:
    """The executions of a page, with the rows that their runs have committed or scored so far."""
    rows = [summary(each) for each in found.executions]
    succeeded = [
        row["run_id"] for row in rows if row["state"] is State.SUCCEEDED and row["model_name"]
    ]
    written = _history(own).rows_of_runs(succeeded)
    for row in rows:
        row["rows"] = written.get(row["run_id"]) if row["state"] is State.SUCCEEDED else None
        row["seconds"] = seconds_between(row["started_at"], row["completed_at"])
        if row["state"] is State.RUNNING:
            folder = RunFolder.of(own, row["run_id"])
            row["progress"] = progress_of(folder, row["execution_id"])
    return rows


def _history(own: Clients) -> History:
    return History(own.bigquery, own.settings.dataset)


def _charts(outcome: Row) -> list[FeatureChart]:
    if not outcome.get("input_profile"):
        return []
    try:
        version = ModelCatalog(clients()).version(outcome["model_name"], outcome["model_version"])
    except NotFound:
        return feature_charts(outcome, None)
    # The version may have been uploaded again since the run.
    is_same = version["generation"] == outcome["model_generation"]
    return feature_charts(outcome, version["metadata"] if is_same else None)


def _short_values(metadata: Row) -> dict[str, str]:
    """The metadata whose values fit on a line, without the description."""
    return {
        name: text
        for name, value in metadata.items()
        if name != "description" and (text := _to_text(value)) and len(text) <= _MAX_LINE
    }


def _to_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_to_text(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_to_text(each)}" for name, each in value.items())
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value)
