"""What becomes of an execution, and how to end it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify

from gateway.auth.authorization import current_caller
from gateway.auth.permissions import Action, performs
from gateway.executions.cloud_run import CloudRun, run_id_of, unknown_execution
from gateway.executions.history import History
from gateway.executions.status import describe, log_link, remembered, state_of
from gateway.http.context import clients
from gateway.http.route_docs import described
from shared.runs.folder import CANCEL, EXECUTIONS, LAUNCH, OUTCOME, RunFolder

routes = Blueprint("following", __name__)


@routes.get("/executions/<execution_id>")
@described(answers={HTTPStatus.OK: "Execution"})
def execution_status(execution_id: str) -> Response:
    """The state of an execution."""
    return jsonify(status_of(execution_id))


@routes.post("/executions/<execution_id>:cancel")
@performs(Action.CANCEL)
@described(answers={HTTPStatus.OK: "Execution"})
def cancel(execution_id: str) -> Response:
    """End an execution; one that has ended stays as it is."""
    end(execution_id)
    return jsonify(status_of(execution_id))


def end(execution_id: str) -> None:
    """End an execution that has not ended, and note who asked for it."""
    cloud_run = CloudRun(clients())
    execution = cloud_run.execution(execution_id)
    if execution and not state_of(execution).is_final:
        note = {"execution_id": execution_id, "caller": current_caller(), "at": datetime.now(UTC)}
        RunFolder.of(clients(), run_id_of(execution)).create(CANCEL, note)
        cloud_run.cancel(execution_id)


def status_of(execution_id: str) -> dict[str, Any]:
    """What a caller may know of an execution.

    Raises:
        NotFound: when nobody remembers it.
    """
    if execution := CloudRun(clients()).execution(execution_id):
        return describe(execution, RunFolder.of(clients(), run_id_of(execution)))
    return _remembered(execution_id)


def _remembered(execution_id: str) -> dict[str, Any]:
    note = RunFolder.of(clients(), EXECUTIONS).read(f"{execution_id}.json")
    folder = RunFolder.of(clients(), str(note["run_id"]) if note else execution_id)
    outcome = folder.read(OUTCOME) or _row(execution_id, folder.run_id)
    if not (note or outcome or folder.read(LAUNCH)):
        raise unknown_execution(execution_id)
    link = log_link(clients().settings.project_id, execution_id)
    return remembered(execution_id, folder, note, outcome, link)


def _row(execution_id: str, run_id: str) -> dict[str, Any] | None:
    history = History(clients().bigquery, clients().settings.dataset)
    return history.run_of(execution_id, run_id)
