"""Errors → answers in Google's shape: https://google.aip.dev/193."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from shared.errors import (
    Conflict,
    FailedPrecondition,
    InvalidArgument,
    MlsysError,
    NotFound,
    PermissionDenied,
    Transient,
)

log = logging.getLogger(__name__)

type Answer = tuple[Response, HTTPStatus]

# The second word is a google.rpc.Code.
STATUSES: dict[type[MlsysError], tuple[HTTPStatus, str]] = {
    InvalidArgument: (HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT"),
    PermissionDenied: (HTTPStatus.FORBIDDEN, "PERMISSION_DENIED"),
    NotFound: (HTTPStatus.NOT_FOUND, "NOT_FOUND"),
    Conflict: (HTTPStatus.CONFLICT, "ALREADY_EXISTS"),
    FailedPrecondition: (HTTPStatus.BAD_REQUEST, "FAILED_PRECONDITION"),
    Transient: (HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE"),
}
_OF_HTTP = {code: status for code, status in STATUSES.values() if status != "FAILED_PRECONDITION"}

_RETRY_AFTER_SECONDS = "5"


def register_errors(app: Flask) -> None:
    """Let an application answer every error in Google's shape."""
    app.register_error_handler(MlsysError, _refusal)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)


def _refusal(error: MlsysError) -> Answer:
    log.warning("%s %s: %s", request.method, request.path, error)
    for kind, (code, status) in STATUSES.items():
        if isinstance(error, kind):
            return _answer(code, status, error.message, [_error_info(error)])
    return _bug(error)


def _http_error(error: HTTPException) -> Answer:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    status = _OF_HTTP.get(code, "INVALID_ARGUMENT" if code.is_client_error else "INTERNAL")
    details = [_info(code.name)]
    response, _ = _answer(code, status, error.description or code.phrase, details)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response, code


def _bug(error: Exception) -> Answer:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "INTERNAL",
        "the gateway failed; its log says why",
        [_info("INTERNAL")],
    )


def _error_info(error: MlsysError) -> dict[str, Any]:
    return _info(error.code, **error.subjects)


def _info(reason: str, **subjects: str) -> dict[str, Any]:
    # https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"@type": kind, "reason": reason, "domain": "mlsys", "metadata": subjects}


def _answer(
    code: HTTPStatus, status: str, message: str, details: Sequence[dict[str, Any]]
) -> Answer:
    content = {"code": code, "message": message, "status": status, "details": details}
    response = jsonify(error=content, status="error", message=message)
    if code is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return response, code
