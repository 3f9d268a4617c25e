"""/executions: list what was launched, look at one execution, cancel it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, url_for

from gateway.auth.authorization import current_caller
from gateway.auth.permissions import Action, performs
from gateway.context import clients
from gateway.executions.cloud_run import argument_of, run_id_of, short
from gateway.executions.executions import cancel_execution, execution_state
from gateway.executions.listing import MOST, Listing
from gateway.executions.status import State, state_of, tasks_of, times_of
from gateway.http.operation import documented, query_parameter
from gateway.http.parameters import parameters

if TYPE_CHECKING:
    from google.cloud import run_v2

routes = Blueprint("executions", __name__)

_FILTERS = (
    query_parameter("job", "name of the Cloud Run Job"),
    query_parameter("state", "any case will do", enum=list(State)),
    query_parameter("model", "titanic-survival, or titanic-survival/v1 as it was asked for"),
    query_parameter("since", "created then or later", format="date-time"),
    query_parameter("page_size", f"1 to {MOST}", type="integer", minimum=1, maximum=MOST),
    query_parameter("page_token", "next_page_token of the page before"),
)


@routes.get("/executions")
@documented(answers={HTTPStatus.OK: "Executions"}, parameters=_FILTERS)
def list_executions() -> Response:
    """The executions of this deployment, newest first, a page at a time."""
    page = Listing.from_mapping(parameters()).page(clients())
    return jsonify(
        executions=[summary(each) for each in page.executions],
        next_page_token=page.next_page_token,
    )


@routes.get("/executions/<execution_id>")
@documented(answers={HTTPStatus.OK: "Execution"})
def execution_status(execution_id: str) -> Response:
    """The state of an execution."""
    return jsonify(execution_state(execution_id, clients()))


@routes.post("/executions/<execution_id>:cancel")
@performs(Action.CANCEL)
@documented(answers={HTTPStatus.OK: "Execution"})
def cancel(execution_id: str) -> Response:
    """Cancel an execution; one that has ended stays as it is."""
    cancel_execution(execution_id, clients(), caller=current_caller(), now=datetime.now(UTC))
    return jsonify(execution_state(execution_id, clients()))


def summary(execution: "run_v2.Execution") -> dict[str, Any]:
    """An execution as a list tells it: what Cloud Run alone knows."""
    execution_id = short(execution.name)
    asked = ("model_name", "model_version", "input_table", "output_table")
    return {
        "execution_id": execution_id,
        "job": short(execution.job),
        "run_id": run_id_of(execution),
        "state": state_of(execution),
        "tasks": tasks_of(execution),
        **times_of(execution),
        **{name: argument_of(execution, f"--{name}=") or None for name in asked},
        "log_uri": execution.log_uri,
        "status_url": url_for("executions.execution_status", execution_id=execution_id),
    }
