"""Errors in the shape of Google's JSON, for any stand-in that is a Flask application."""

from http import HTTPStatus

from flask import Flask
from werkzeug.exceptions import HTTPException

from local.run.errors import RunError

_STATUSES = {
    HTTPStatus.BAD_REQUEST: "INVALID_ARGUMENT",
    HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.CONFLICT: "ABORTED",
    HTTPStatus.TOO_MANY_REQUESTS: "RESOURCE_EXHAUSTED",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL",
    HTTPStatus.SERVICE_UNAVAILABLE: "UNAVAILABLE",
    HTTPStatus.GATEWAY_TIMEOUT: "DEADLINE_EXCEEDED",
}

type Answer = tuple[dict[str, object], int]


def answer_errors(app: Flask) -> None:
    """Let the application answer refusals, and what Flask itself refuses, as Google does."""
    app.register_error_handler(RunError, _refusal)
    app.register_error_handler(HTTPException, _http_error)


def _refusal(error: RunError) -> Answer:
    return _error(error.http_status, error.status, str(error))


def _http_error(error: HTTPException) -> Answer:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(code, _STATUSES.get(HTTPStatus(code), "UNKNOWN"), error.description or error.name)


def _error(code: int, status: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message, "status": status}}, code
