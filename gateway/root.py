"""What this is, and whether it answers."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify

from gateway.auth.permissions import Action, performs
from gateway.console.pages import overview
from gateway.console.rendering import wants_page
from gateway.context import clients
from gateway.http.operation import documented
from gateway.openapi.document import document

routes = Blueprint("about", __name__)


@routes.get("/")
@documented(answers={HTTPStatus.OK: "About"})
def index() -> Response:
    """What this is, for whoever comes without a path; a browser gets the console."""
    if wants_page():
        return overview()
    answer = jsonify(
        service="mlsys",
        env=clients().settings.environment,
        routes=sorted(_paths()),
    )
    answer.headers["Vary"] = "Accept"
    return answer


@routes.get("/openapi.json")
@documented(answers={HTTPStatus.OK: {"type": "object"}})
def openapi() -> Response:
    """This API, documented for programs (OpenAPI 3.1)."""
    return jsonify(document(current_app, environment=clients().settings.environment))


def _paths() -> list[str]:
    found = document(current_app, environment=clients().settings.environment)["paths"]
    return [path for path in found if path != "/"]


@routes.get("/health")
@performs(Action.ASK_HEALTH)
@documented(answers={HTTPStatus.OK: "Health"})
def health() -> Response:
    """Whether this process answers; no other service is asked."""
    return jsonify(status="healthy", env=clients().settings.environment)
