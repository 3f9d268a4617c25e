"""GET /models: the registry, read only."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from gateway.context import clients
from gateway.http.openapi_operation import operation
from gateway.http.parameters import parameters, require_known_parameters
from gateway.models.model_catalog import ModelCatalog

routes = Blueprint("models", __name__)


@routes.get("/models")
@operation(responses={HTTPStatus.OK: "Models"})
def list_models() -> Response:
    """Every model with its versions, their status and findings, and its aliases."""
    require_known_parameters(parameters())
    return jsonify(models=ModelCatalog(clients()).models())


@routes.get("/models/<name>/<version>")
@operation(responses={HTTPStatus.OK: "ModelVersion"})
def describe_version(name: str, version: str) -> Response:
    """Every column of the registry for a model version, which an alias may name."""
    require_known_parameters(parameters())
    return jsonify(ModelCatalog(clients()).version(name, version))
