"""Error responses in Google's format: https://google.aip.dev/193."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from gateway.http.tracing import request_id
from shared.errors import (
    Conflict,
    DataLoss,
    FailedPrecondition,
    InvalidArgument,
    MlsysError,
    NotFound,
    Permanent,
    PermissionDenied,
    ResourceExhausted,
    Transient,
    Unauthenticated,
)

log = logging.getLogger(__name__)

type ErrorResponse = tuple[Response, HTTPStatus]

# HTTP status and google.rpc.Code of each kind of error.
STATUSES: dict[type[MlsysError], tuple[HTTPStatus, str]] = {
    InvalidArgument: (HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT"),
    Unauthenticated: (HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED"),
    PermissionDenied: (HTTPStatus.FORBIDDEN, "PERMISSION_DENIED"),
    NotFound: (HTTPStatus.NOT_FOUND, "NOT_FOUND"),
    Conflict: (HTTPStatus.CONFLICT, "ALREADY_EXISTS"),
    FailedPrecondition: (HTTPStatus.BAD_REQUEST, "FAILED_PRECONDITION"),
    ResourceExhausted: (HTTPStatus.TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED"),
    Transient: (HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE"),
    DataLoss: (HTTPStatus.INTERNAL_SERVER_ERROR, "DATA_LOSS"),
}
# An idempotency key of another request:
# https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header
_KEY_REUSED = ("RUN_ID_REUSED", (HTTPStatus.UNPROCESSABLE_ENTITY, "ALREADY_EXISTS"))
# What Flask itself answers is neither a failed precondition nor lost data.
_OWN = {"FAILED_PRECONDITION", "DATA_LOSS"}
_RPC_CODES = {code: status for code, status in STATUSES.values() if status not in _OWN}

# https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
_RPC = "type.googleapis.com/google.rpc"
_RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class Problem:
    """An error that a parameter of a request causes, e.g. "input_table"."""

    parameter: str
    error: Permanent


class Refusal(Permanent):
    """Every problem of a request in one error; status and reason are those of the first problem."""

    def __init__(self, problems: Sequence[Problem]):
        messages = [problem.error.message for problem in problems]
        message = messages[0]
        if len(messages) > 1:
            listed = "; ".join(f"({n}) {each}" for n, each in enumerate(messages, 1))
            message = f"{len(messages)} problems: {listed}"
        super().__init__(message, reason=problems[0].error.reason, **problems[0].error.subjects)
        self.problems = tuple(problems)


def register_errors(app: Flask) -> None:
    """Make an application answer every error in Google's format."""
    app.register_error_handler(MlsysError, _mlsys_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _mlsys_error(error: MlsysError) -> ErrorResponse:
    log.warning("%s %s: %s", request.method, request.path, error)
    for kind, (code, status) in STATUSES.items():
        if isinstance(_first_problem(error), kind):
            response = _error_response(
                *_status(error, code, status), error.message, _details(error)
            )
            return _with_headers(response, error)
    return _unexpected_error(error)


def _first_problem(error: MlsysError) -> MlsysError:
    return error.problems[0].error if isinstance(error, Refusal) else error


def _status(error: MlsysError, code: HTTPStatus, status: str) -> tuple[HTTPStatus, str]:
    reason, special = _KEY_REUSED
    return special if error.reason == reason else (code, status)


def _details(error: MlsysError) -> list[dict[str, Any]]:
    """The error's details for programs: google.rpc.ErrorInfo and google.rpc.BadRequest.

    Source: https://google.aip.dev/193#errorinfo
    """
    if not isinstance(error, Refusal):
        return [_info(error.reason, **error.subjects)]
    violations = [
        {
            "field": each.parameter,
            "description": each.error.message,
            "reason": each.error.reason,
        }
        for each in error.problems
    ]
    return [
        *(_info(each.error.reason, **each.error.subjects) for each in error.problems),
        {"@type": f"{_RPC}.BadRequest", "fieldViolations": violations},
    ]


def _with_headers(error_response: ErrorResponse, error: MlsysError) -> ErrorResponse:
    response, code = error_response
    if isinstance(error, Transient):
        seconds = error.subjects.get("retry_after_seconds", _RETRY_AFTER_SECONDS)
        response.headers["Retry-After"] = seconds
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response, code


def _http_error(error: HTTPException) -> ErrorResponse:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if code < HTTPStatus.BAD_REQUEST:  # a redirect is no error
        return error.get_response(), code  # type: ignore[return-value]
    status = _RPC_CODES.get(code, "INVALID_ARGUMENT" if code.is_client_error else "INTERNAL")
    response, _ = _error_response(
        code, status, error.description or code.phrase, [_info(code.name)]
    )
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response, code


def _unexpected_error(error: Exception) -> ErrorResponse:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return _error_response(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "INTERNAL",
        "the gateway failed; its log says why",
        [_info("INTERNAL")],
    )


def _info(reason: str, **subjects: str) -> dict[str, Any]:
    kind = f"{_RPC}.ErrorInfo"
    return {"@type": kind, "reason": reason, "domain": "mlsys", "metadata": subjects}


def _error_response(
    code: HTTPStatus, status: str, message: str, details: Sequence[dict[str, Any]]
) -> ErrorResponse:
    request_info = {"@type": f"{_RPC}.RequestInfo", "requestId": request_id()}
    error = {"code": code, "message": message, "status": status}
    content = error | {"details": [*details, request_info]}
    return jsonify(error=content, status="error", message=message), code
