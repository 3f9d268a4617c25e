"""A request → a launch → an execution id."""

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request, url_for
from werkzeug.exceptions import HTTPException

from gateway import preflight
from gateway.launcher import Launcher
from gateway.status import describe, run_id_of
from gateway.tasks import split_tasks
from shared.clients import Clients
from shared.errors import (
    Conflict,
    FailedPrecondition,
    InvalidArgument,
    MlsysError,
    NotFound,
    PermissionDenied,
    Transient,
)
from shared.logs import configure_logging
from shared.prediction import PredictionRequest
from shared.settings import Settings

log = logging.getLogger(__name__)
routes = Blueprint("gateway", __name__)

_BODY_LIMIT_BYTES = 64 * 1024
_LISTS = frozenset({"key_columns"})

# https://google.aip.dev/193 and google.rpc.Code
_STATUSES: dict[type[MlsysError], tuple[HTTPStatus, str]] = {
    InvalidArgument: (HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT"),
    PermissionDenied: (HTTPStatus.FORBIDDEN, "PERMISSION_DENIED"),
    NotFound: (HTTPStatus.NOT_FOUND, "NOT_FOUND"),
    Conflict: (HTTPStatus.CONFLICT, "ALREADY_EXISTS"),
    FailedPrecondition: (HTTPStatus.BAD_REQUEST, "FAILED_PRECONDITION"),
    Transient: (HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE"),
}


def create_app(clients: Clients | None = None) -> Flask:
    """The gateway of one deployment; without clients, of the one that the environment names."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.extensions["clients"] = clients or _clients()
    app.register_blueprint(routes)
    app.register_error_handler(MlsysError, _refusal)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)
    return app


def _clients() -> Clients:
    settings = Settings.from_environ(os.environ)
    configure_logging(for_cloud=settings.runs_in_cloud)
    return Clients(settings)


def _own() -> Clients:
    clients: Clients = current_app.extensions["clients"]
    return clients


@routes.before_request
def _refuse_what_a_browser_does_unasked() -> None:
    # Flask answers HEAD with the GET view, which launches.
    if request.method == "HEAD" and request.endpoint in _LAUNCHING:
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    purpose = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    if "prefetch" in purpose and request.endpoint in _LAUNCHING:
        abort(HTTPStatus.BAD_REQUEST, "a prefetch launches nothing")


@routes.get("/")
def index() -> Response:
    """What this is, for whoever comes without a path."""
    settings = _own().settings
    return jsonify(
        service="mlsys",
        env=settings.environment,
        routes=["/predict", "/model-registry", "/executions/{execution_id}", "/health"],
    )


@routes.get("/health")
def health() -> Response:
    """Whether this process answers; no other service is asked."""
    return jsonify(status="healthy", env=_own().settings.environment)


@routes.route("/predict", methods=["GET", "POST"])
def predict() -> tuple[Response, HTTPStatus]:
    """Launch a prediction."""
    tasks, parameters = split_tasks(_parameters())
    wanted = PredictionRequest.from_mapping(parameters)
    preflight.check(wanted, _own(), now=datetime.now(UTC))
    launch = Launcher(_own()).predict(wanted, nonce=uuid4().hex, tasks=tasks)
    verb = "launched" if launch.is_new else "found again"
    log.info("%s %s for run %s", verb, launch.execution_id, launch.run_id)
    return _accepted(launch.execution_id, f"prediction {verb}", run_id=launch.run_id)


@routes.route("/model-registry", methods=["GET", "POST"])
def model_registry() -> tuple[Response, HTTPStatus]:
    """Launch the reconcile scan of the registry."""
    parameters = _parameters()
    if unknown := sorted(set(parameters) - {"env"}):
        raise InvalidArgument(f"unknown parameter {', '.join(unknown)} (known: env)")
    if not (environment := parameters.get("env")):
        raise InvalidArgument("missing parameter env", reason="INVALID_PARAMETERS")
    _own().settings.require_own_environment(environment)
    return _accepted(Launcher(_own()).reconcile(), "registry scan launched")


@routes.get("/executions/<execution_id>")
def execution_status(execution_id: str) -> Response:
    """The state of an execution."""
    launcher = Launcher(_own())
    execution = launcher.execution(execution_id)
    return jsonify(describe(execution, launcher.folder(run_id_of(execution))))


_LAUNCHING = frozenset({"gateway.predict", "gateway.model_registry"})


def _parameters() -> Mapping[str, Any]:
    query = request.args.to_dict(flat=False)
    if repeated := [name for name in query if len(query[name]) > 1 and name not in _LISTS]:
        raise InvalidArgument(f"parameter {', '.join(repeated)} is given more than once")
    spelled = {name: each if name in _LISTS else each[0] for name, each in query.items()}
    return _with_key(spelled | _body(spelled))


def _body(query: Mapping[str, Any]) -> dict[str, Any]:
    if not request.get_data(cache=True):
        return {}
    body = request.get_json(force=True)
    if not isinstance(body, dict):
        raise InvalidArgument("the body must be a JSON object")
    if both := sorted(set(body) & set(query)):
        raise InvalidArgument(f"parameter {', '.join(both)} is both in the query and in the body")
    return body


def _with_key(parameters: dict[str, Any]) -> dict[str, Any]:
    if not (key := request.headers.get("Idempotency-Key")):
        return parameters
    if parameters.get("run_id", key) != key:
        raise InvalidArgument("the Idempotency-Key header and run_id differ: give one of them")
    return parameters | {"run_id": key}


def _accepted(execution_id: str, message: str, **more: str) -> tuple[Response, HTTPStatus]:
    answer = {
        "status": "accepted",
        "message": message,
        "execution_id": execution_id,
        **more,
        "status_url": url_for("gateway.execution_status", execution_id=execution_id),
    }
    return jsonify(answer), HTTPStatus.ACCEPTED


def _refusal(error: MlsysError) -> tuple[Response, HTTPStatus]:
    log.warning("%s %s: %s", request.method, request.path, error)
    for kind, (code, status) in _STATUSES.items():
        if isinstance(error, kind):
            return _error_answer(code, status, error.message, error)
    return _bug(error)


def _http_error(error: HTTPException) -> tuple[Response, HTTPStatus]:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response, _ = _error_answer(code, code.name, error.description or code.phrase)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response, code


def _bug(error: Exception) -> tuple[Response, HTTPStatus]:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return _error_answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", "the gateway failed; its log says why"
    )


def _error_answer(
    code: HTTPStatus, status: str, message: str, error: MlsysError | None = None
) -> tuple[Response, HTTPStatus]:
    details = []
    if error:
        # https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "domain": "mlsys"}
        details = [info | {"reason": error.code, "metadata": dict(error.subjects)}]
    content = {"code": code, "message": message, "status": status, "details": details}
    response = jsonify(error=content, status="error", message=message)
    if code is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response, code
