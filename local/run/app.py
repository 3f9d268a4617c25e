"""The WSGI application: both APIs, logs, health, and errors in Google's shape."""

from http import HTTPStatus

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from local.faults import Faults
from local.run.control_plane import ControlPlane
from local.run.errors import NotFoundError, RunError
from local.run.logs import Logs
from local.run.v1_routes import v1_routes
from local.run.v2_routes import v2_routes

_STATUSES = {
    HTTPStatus.BAD_REQUEST: "INVALID_ARGUMENT",
    HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.CONFLICT: "ABORTED",
    HTTPStatus.TOO_MANY_REQUESTS: "RESOURCE_EXHAUSTED",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL",
    HTTPStatus.SERVICE_UNAVAILABLE: "UNAVAILABLE",
    HTTPStatus.GATEWAY_TIMEOUT: "DEADLINE_EXCEEDED",
}

type Answer = tuple[dict[str, object], int]


def create_app(plane: ControlPlane, logs: Logs, region: str) -> Flask:
    """Return the application; `region` is that of v1 requests that name none."""
    app = Flask(__name__)
    app.config["REGION"] = region
    app.extensions.update(control_plane=plane, logs=logs)
    app.wsgi_app = Faults(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents
    app.register_blueprint(v1_routes)
    app.register_blueprint(v2_routes)
    app.add_url_rule("/", view_func=health)
    app.add_url_rule("/logs/<execution>", view_func=show_logs)
    app.register_error_handler(RunError, _refusal)
    app.register_error_handler(HTTPException, _http_error)
    return app


def health() -> str:
    """Answer that the stand-in serves."""
    return "Cloud Run Jobs stand-in\n"


def show_logs(execution: str) -> Response:
    """Show what the tasks of an execution printed, in the order of the tasks."""
    logs: Logs = current_app.extensions["logs"]
    indexes = logs.indexes(execution)
    if not indexes:
        raise NotFoundError(f"There are no logs of {execution!r}.")
    return Response(logs.text(execution, indexes), mimetype="text/plain")


def _refusal(error: RunError) -> Answer:
    return _error(error.http_status, error.status, str(error))


def _http_error(error: HTTPException) -> Answer:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(code, _STATUSES.get(HTTPStatus(code), "UNKNOWN"), error.description or error.name)


def _error(code: int, status: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message, "status": status}}, code
