"""The WSGI application: both APIs, logs and health."""

from flask import Flask, Response, current_app

from local.cloud_run.control_plane import ControlPlane
from local.cloud_run.machine import Logs
from local.cloud_run.v1_routes import v1_routes
from local.cloud_run.v2_routes import v2_routes
from local.faults import Faults
from local.google_json import NotFoundError, answer_errors


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
    answer_errors(app)
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
