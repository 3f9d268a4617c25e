"""A request → a launch → an execution id."""

import logging
import os
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Flask, Response, jsonify, url_for

from gateway import console, root
from gateway.auth.authorization import authorize, current_caller, require_authentication
from gateway.auth.permissions import Action, current_action, performs
from gateway.auth.rate_limiter import acquire, limit_rates
from gateway.context import clients
from gateway.executions import routes as executions
from gateway.http.errors import register_errors
from gateway.http.operation import documented
from gateway.http.parameters import parameters, require_only, with_key
from gateway.http.security import require_deliberate_request, require_short_url, secure
from gateway.http.tracing import Traced, TraceFilter
from gateway.launching.launch_request import LaunchRequest, scan_launch
from gateway.launching.launcher import Launch, Launcher
from gateway.launching.launches import launch_or_check, with_slot_run_id
from gateway.models import routes as models
from gateway.openapi.document import KEY_HEADERS, SCAN_PARAMETERS, prediction_parameters
from gateway.preflight.report import Report
from shared.clients import Clients
from shared.errors import InvalidArgument
from shared.logs import configure_logging
from shared.settings.settings import Settings

log = logging.getLogger(__name__)
routes = Blueprint("gateway", __name__)

BLUEPRINTS = (
    root.routes,
    routes,
    executions.routes,
    models.routes,
    console.routes,
)

type Answer = tuple[Response, HTTPStatus]

_LISTS = frozenset({"key_columns"})


def create_app(given: Clients | None = None) -> Flask:
    """The gateway of one deployment; without clients, of the one that the environment names.

    Raises:
        InvalidArgument: when a setting is wrong, or contradicts where this runs.
    """
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    own = app.extensions["clients"] = given or _clients()
    secure(app)
    require_authentication(app, own.settings)
    limit_rates(app)
    app.before_request(_admit)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_errors(app)
    app.wsgi_app = Traced(app.wsgi_app)  # type: ignore[method-assign,assignment]  # as Flask documents
    return app


def _clients() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    for handler in logging.getLogger().handlers:
        handler.addFilter(TraceFilter(settings.project_id))
    return Clients(settings)


def _admit() -> None:
    """Let a request in, or refuse it. One hook: Flask takes its time over each of several."""
    require_short_url()
    action = current_action()
    if action is not Action.ASK_HEALTH:
        require_deliberate_request(action)
        authorize(action)
        acquire(action)


@routes.route("/predict", methods=["GET", "POST"])
@performs(Action.LAUNCH)
@documented(
    answers={HTTPStatus.ACCEPTED: "Launch", HTTPStatus.OK: "Report"},
    parameters=[*prediction_parameters(), *KEY_HEADERS],
    body="Prediction",
    refusals=[HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY],
)
def predict() -> Response | Answer:
    """Launch a prediction."""
    launch_request, answer = launch_or_check(with_key(parameters(_LISTS)), now=datetime.now(UTC))
    if isinstance(answer, Report):
        return jsonify(answer.to_json())
    return _accepted(answer, launch_request)


@routes.route("/model-registry", methods=["GET", "POST"])
@performs(Action.LAUNCH)
@documented(
    answers={HTTPStatus.ACCEPTED: "Launch"},
    parameters=[*SCAN_PARAMETERS, *KEY_HEADERS],
    body="Scan",
    refusals=[HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY],
)
def model_registry() -> Answer:
    """Launch the scan that makes the registry equal to the bucket."""
    raw = with_key(parameters())
    require_only(raw, {"env", "run_id"})
    if not (environment := raw.get("env")):
        raise InvalidArgument("missing parameter env", reason="INVALID_PARAMETERS")
    settings = clients().settings
    settings.require_own_environment(environment)
    key, job = raw.get("run_id", ""), settings.registry_job
    launch_request = with_slot_run_id(
        scan_launch(environment, key, job=job, caller=current_caller())
    )
    launcher = Launcher(clients(), nonce=uuid4().hex, now=datetime.now(UTC))
    launch_request = launcher.identified(launch_request)
    return _accepted(launcher.launch(launch_request), launch_request)


def _accepted(launch: Launch, launch_request: LaunchRequest) -> Answer:
    what = "registry scan" if launch_request.is_scan else "prediction"
    verb = "launched" if launch.is_new else "found again"
    log.info("%s %s for run %s", verb, launch.execution_id, launch.run_id)
    answer = {
        "status": "accepted",
        "message": f"{what} {verb}{_duplicate_notice(launch, launch_request)}",
        "execution_id": launch.execution_id,
        "run_id": launch.run_id,
        "launched": launch.is_new,
        "status_url": url_for("executions.execution_status", execution_id=launch.execution_id),
    }
    return jsonify(answer), HTTPStatus.ACCEPTED


def _duplicate_notice(launch: Launch, launch_request: LaunchRequest) -> str:
    if launch.is_new or not launch_request.is_duplicate:
        return ""
    seconds = clients().settings.deduplication_seconds
    return (
        f": the same request was made within {seconds} s. To launch another, send an "
        "Idempotency-Key of its own"
    )
