"""What this is, and whether it answers."""

from flask import Blueprint, Response, jsonify

from gateway.actions import Action, performs
from gateway.current import clients

routes = Blueprint("about", __name__)


@routes.get("/")
def index() -> Response:
    """What this is, for whoever comes without a path."""
    return jsonify(
        service="mlsys",
        env=clients().settings.environment,
        routes=["/predict", "/model-registry", "/executions/{execution_id}", "/health"],
    )


@routes.get("/health")
@performs(Action.ASK_HEALTH)
def health() -> Response:
    """Whether this process answers; no other service is asked."""
    return jsonify(status="healthy", env=clients().settings.environment)
