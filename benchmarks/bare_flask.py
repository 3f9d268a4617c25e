"""The least that can answer /health: what the gateway's start is measured beside."""

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    """An application with one route."""
    app = Flask(__name__)

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="healthy", env="dev")

    return app
