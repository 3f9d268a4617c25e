"""GET /executions: what was launched."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, url_for

from gateway.executions.cloud_run import argument_of, run_id_of, short
from gateway.executions.listing import MOST, Listing
from gateway.executions.status import State, state_of, tasks_of, times_of
from gateway.http.context import clients
from gateway.http.parameters import parameters
from gateway.http.route_docs import described, query_parameter

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
@described(answers={HTTPStatus.OK: "Executions"}, parameters=_FILTERS)
def list_executions() -> Response:
    """The executions of this deployment, newest first, a page at a time."""
    page = Listing.from_mapping(parameters()).page(clients())
    return jsonify(
        executions=[summary(each) for each in page.executions],
        next_page_token=page.next_page_token,
    )


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
        "status_url": url_for("following.execution_status", execution_id=execution_id),
    }
