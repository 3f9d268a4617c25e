"""The pages that show: models, executions, a model version, a run."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

from flask import Response, request, url_for

from gateway.console.drift import Picture, pictures
from gateway.console.formatting import seconds_between
from gateway.console.rendering import console, page
from gateway.executions.cloud_run import CloudRun, arguments_of, short
from gateway.executions.executions import execution_state
from gateway.executions.history import History
from gateway.executions.listing import Listing, Page
from gateway.executions.routes import summary
from gateway.executions.status import State, progress_of
from gateway.http.context import clients
from gateway.models.registered import Registered
from shared.clients import Clients
from shared.errors import NotFound
from shared.request.prediction import PredictionRequest
from shared.runs.folder import CANCEL, RunFolder

_RECENT = 10
_OPEN = {State.QUEUED, State.RUNNING}
_ASKED = [each.name for each in fields(PredictionRequest)]
_LIST_SECONDS, _RUN_SECONDS = 10, 3
_LINE = 200  # characters that are still a line

type Row = dict[str, Any]


def overview() -> Response:
    """What the gateway's own address shows to a browser."""
    own = clients()
    _ = own.bigquery, own.executions  # made once, before threads ask for them
    with ThreadPoolExecutor(2) as threads:
        models = threads.submit(Registered(own).models)
        recent = threads.submit(Listing(page_size=_RECENT).page, own)
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
    """What was launched, with filters, a page at a time."""
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name != "live"
    }
    found = Listing.from_mapping(asked).page(clients())
    rows = _rows(found, clients())
    jobs = (clients().settings.predict_job, clients().settings.registry_job)
    older = {**asked, "page_token": found.next_page_token}
    return page(
        "executions.html",
        live_seconds=_live(rows, _LIST_SECONDS),
        executions=rows,
        asked=asked,
        states=[each.value for each in State],
        jobs=[short(job) for job in jobs],
        next_url=url_for("console.executions", **older) if found.next_page_token else None,
        json_url=url_for("executions.list_executions", **asked),
    )


@console.get("/executions/<execution_id>")
def execution(execution_id: str) -> Response:
    """A run: how far it is, what it wrote, why it failed, how its input was spread."""
    run = execution_state(execution_id, clients())
    outcome = run["outcome"] or {}
    found = CloudRun(clients()).execution(execution_id)
    asked = arguments_of(found) if found else outcome
    return page(
        "execution.html",
        live_seconds=_RUN_SECONDS if run["state"] in _OPEN else 0,
        run=run,
        is_ending=run["state"] in _OPEN and _is_ending(run),
        asked={name: asked[name] for name in _ASKED if asked.get(name)},
        seconds=outcome.get("seconds") or seconds_between(run["started_at"], run["completed_at"]),
        pictures=_pictures(outcome),
        json_url=url_for("executions.execution_status", execution_id=execution_id),
    )


@console.get("/models/<name>/<version>")
def model_version(name: str, version: str) -> Response:
    """A model version: what it takes and gives, what was found, what it has scored."""
    model = Registered(clients()).version(name, version)
    metadata = model["metadata"] if isinstance(model["metadata"], dict) else {}
    return page(
        "model.html",
        model=model,
        signature=model["signature"] or {},
        metadata=metadata,
        metadata_text=json.dumps(metadata, indent=2, ensure_ascii=False),
        description=metadata.get("description"),
        plain=_plain(metadata),
        runs=_history(clients()).runs_of_model(model["model_name"], model["model_version"]),
        json_url=url_for(
            "models.describe_version", name=model["model_name"], version=model["model_version"]
        ),
    )


def _is_ending(run: Row) -> bool:
    """Whether somebody has asked for its end: its container may take some seconds for it."""
    cancelled = RunFolder.of(clients(), run["run_id"]).read(CANCEL)
    return cancelled is not None and cancelled.execution_id == run["execution_id"]


def _live(rows: list[Row], seconds: int) -> int:
    return seconds if any(row["state"] in _OPEN for row in rows) else 0


def _rows(found: Page, own: Clients) -> list[Row]:
    """The executions of a page, with what their runs have written or scored so far."""
    rows = [summary(each) for each in found.executions]
    done = [row["run_id"] for row in rows if row["state"] is State.SUCCEEDED and row["model_name"]]
    written = _history(own).rows_of_runs(done)
    for row in rows:
        is_done = row["state"] is State.SUCCEEDED
        row["rows"] = written.get(row["run_id"]) if is_done else None
        row["seconds"] = seconds_between(row["started_at"], row["completed_at"])
        if row["state"] is State.RUNNING:
            folder = RunFolder.of(own, row["run_id"])
            row["progress"] = progress_of(folder, row["execution_id"])
    return rows


def _history(own: Clients) -> History:
    return History(own.bigquery, own.settings.dataset)


def _pictures(outcome: Row) -> list[Picture]:
    if not outcome.get("input_profile"):
        return []
    try:
        version = Registered(clients()).version(outcome["model_name"], outcome["model_version"])
    except NotFound:
        return pictures(outcome, None)
    is_same = version["generation"] == outcome["model_generation"]
    return pictures(outcome, version["metadata"] if is_same else None)


def _plain(metadata: Row) -> dict[str, str]:
    """What can be said in a line; the description is said elsewhere."""
    return {
        name: _words(value)
        for name, value in metadata.items()
        if name != "description" and (text := _words(value)) and len(text) <= _LINE
    }


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_words(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(each)}" for name, each in value.items())
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value)
