"""A request → a launch → an execution id."""

import logging
import os
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Flask, Response, jsonify, url_for

from gateway import about, preflight
from gateway.actions import Action, performs, refuse_what_a_browser_does_unasked
from gateway.current import clients
from gateway.errors import register_errors
from gateway.launcher import Launcher
from gateway.parameters import parameters, require_only, with_key
from gateway.status import describe, run_id_of
from gateway.tasks import split_tasks
from shared.clients import Clients
from shared.errors import InvalidArgument
from shared.logs import configure_logging
from shared.prediction import PredictionRequest
from shared.settings import Settings

log = logging.getLogger(__name__)
routes = Blueprint("gateway", __name__)

BLUEPRINTS = (
    about.routes,
    routes,
)

_BODY_LIMIT_BYTES = 64 * 1024
_LISTS = frozenset({"key_columns"})


def create_app(given: Clients | None = None) -> Flask:
    """The gateway of one deployment; without clients, of the one that the environment names."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.extensions["clients"] = given or _clients()
    app.before_request(refuse_what_a_browser_does_unasked)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_errors(app)
    return app


def _clients() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    return Clients(settings)


@routes.route("/predict", methods=["GET", "POST"])
@performs(Action.LAUNCH)
def predict() -> tuple[Response, HTTPStatus]:
    """Launch a prediction."""
    tasks, spelled = split_tasks(with_key(parameters(_LISTS)))
    wanted = PredictionRequest.from_mapping(spelled)
    preflight.check(wanted, clients(), now=datetime.now(UTC))
    launch = Launcher(clients()).predict(wanted, nonce=uuid4().hex, tasks=tasks)
    verb = "launched" if launch.is_new else "found again"
    log.info("%s %s for run %s", verb, launch.execution_id, launch.run_id)
    return _accepted(launch.execution_id, f"prediction {verb}", run_id=launch.run_id)


@routes.route("/model-registry", methods=["GET", "POST"])
@performs(Action.LAUNCH)
def model_registry() -> tuple[Response, HTTPStatus]:
    """Launch the reconcile scan of the registry."""
    spelled = parameters()
    require_only(spelled, {"env"})
    if not (environment := spelled.get("env")):
        raise InvalidArgument("missing parameter env", reason="INVALID_PARAMETERS")
    clients().settings.require_own_environment(environment)
    return _accepted(Launcher(clients()).reconcile(), "registry scan launched")


@routes.get("/executions/<execution_id>")
def execution_status(execution_id: str) -> Response:
    """The state of an execution."""
    launcher = Launcher(clients())
    execution = launcher.execution(execution_id)
    return jsonify(describe(execution, launcher.folder(run_id_of(execution))))


def _accepted(execution_id: str, message: str, **more: str) -> tuple[Response, HTTPStatus]:
    answer = {
        "status": "accepted",
        "message": message,
        "execution_id": execution_id,
        **more,
        "status_url": url_for("gateway.execution_status", execution_id=execution_id),
    }
    return jsonify(answer), HTTPStatus.ACCEPTED
