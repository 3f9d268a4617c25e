"""/executions: list executions, return the status of one, cancel it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, url_for

from gateway.auth.authorization import Permission, requires
from gateway.context import clients, current_caller
from gateway.executions.cloud_run import argument_of, resource_id, run_id_of
from gateway.executions.executions import cancel_execution, status_of
from gateway.executions.listing import MAX_PAGE_SIZE, ExecutionQuery
from gateway.executions.status import State, state_of, tasks_of, times_of
from gateway.http.openapi_operation import operation, query_parameter
from gateway.http.parameters import parameters

if TYPE_CHECKING:
    from google.cloud import run_v2

routes = Blueprint("executions", __name__)

_FILTERS = (
    query_parameter("job", "name of the Cloud Run Job"),
    query_parameter("state", "in upper or lower case", enum=list(State)),
    query_parameter("model", "titanic-survival, or titanic-survival/v1 as the request named it"),
    query_parameter("since", "created then or later", format="date-time"),
    query_parameter(
        "page_size", f"1 to {MAX_PAGE_SIZE}", type="integer", minimum=1, maximum=MAX_PAGE_SIZE
    ),
    query_parameter("page_token", "next_page_token of the page before"),
)


@routes.get("/executions")
@operation(responses={HTTPStatus.OK: "Executions"}, parameters=_FILTERS)
def list_executions() -> Response:
    """The executions of this deployment, newest first, a page at a time."""
    page = ExecutionQuery.from_mapping(parameters()).page(clients())
    return jsonify(
        executions=[summary(each) for each in page.executions],
        next_page_token=page.next_page_token,
    )


@routes.get("/executions/<execution_id>")
@operation(responses={HTTPStatus.OK: "Execution"})
def execution_status(execution_id: str) -> Response:
    """The status of an execution."""
    return jsonify(status_of(execution_id, clients()))


@routes.post("/executions/<execution_id>:cancel")
@requires(Permission.CANCEL)
@operation(responses={HTTPStatus.OK: "Execution"})
def cancel(execution_id: str) -> Response:
    """Cancel an execution; one that has completed stays unchanged."""
    cancel_execution(execution_id, clients(), caller=current_caller(), now=datetime.now(UTC))
    return jsonify(status_of(execution_id, clients()))


def summary(execution: "run_v2.Execution") -> dict[str, Any]:
    """An execution as an item of a list: only what Cloud Run returns for a list."""
    execution_id = resource_id(execution.name)
    parameters_shown = ("model_name", "model_version", "input_table", "output_table")
    return {
        "execution_id": execution_id,
        "job": resource_id(execution.job),
        "run_id": run_id_of(execution),
        "state": state_of(execution),
        "tasks": tasks_of(execution),
        **times_of(execution),
        **{name: argument_of(execution, f"--{name}=") or None for name in parameters_shown},
        "log_uri": execution.log_uri,
        "status_url": url_for("executions.execution_status", execution_id=execution_id),
    }
