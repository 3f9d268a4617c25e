"""/, /health and /openapi.json: the gateway itself."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify

from gateway.auth.authorization import Permission, requires
from gateway.console.pages import overview
from gateway.console.rendering import accepts_html
from gateway.context import clients
from gateway.http.openapi_operation import operation
from gateway.openapi.document import document

routes = Blueprint("root", __name__)


@routes.get("/")
@operation(responses={HTTPStatus.OK: "Service"})
def index() -> Response:
    """The service and its routes; a browser gets the console."""
    if accepts_html():
        return overview()
    response = jsonify(
        service="mlsys",
        env=clients().settings.environment,
        routes=sorted(_paths()),
    )
    response.headers["Vary"] = "Accept"
    return response


@routes.get("/openapi.json")
@operation(responses={HTTPStatus.OK: {"type": "object"}})
def openapi() -> Response:
    """This API, documented for programs (OpenAPI 3.1)."""
    return jsonify(document(current_app, environment=clients().settings.environment))


def _paths() -> list[str]:
    paths = document(current_app, environment=clients().settings.environment)["paths"]
    return [path for path in paths if path != "/"]


@routes.get("/health")
@requires(Permission.NONE)
@operation(responses={HTTPStatus.OK: "Health"})
def health() -> Response:
    """Whether this process answers; it calls no other service."""
    return jsonify(status="healthy", env=clients().settings.environment)
