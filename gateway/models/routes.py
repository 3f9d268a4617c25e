"""GET /models: the registry, read only."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from gateway.context import clients
from gateway.http.operation import documented
from gateway.http.parameters import parameters, require_only
from gateway.models.model_catalog import Registered

routes = Blueprint("models", __name__)

_NONE: frozenset[str] = frozenset()


@routes.get("/models")
@documented(answers={HTTPStatus.OK: "Models"})
def list_models() -> Response:
    """Every model with its versions, their status and findings, and its aliases."""
    require_only(parameters(), _NONE)
    return jsonify(models=Registered(clients()).models())


@routes.get("/models/<name>/<version>")
@documented(answers={HTTPStatus.OK: "ModelVersion"})
def describe_version(name: str, version: str) -> Response:
    """Everything that is known of a model version; an alias is accepted for it."""
    require_only(parameters(), _NONE)
    return jsonify(Registered(clients()).version(name, version))
