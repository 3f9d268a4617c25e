"""The JSON of Google's APIs: errors, numbers, times and durations, for any stand-in.

ApiError
├── InvalidArgumentError     400  the request can never be right
├── FailedPreconditionError  400  the request is right, the resource's state is not
├── NotFoundError            404
└── AlreadyExistsError       409
"""

import re
from datetime import datetime
from http import HTTPStatus

from flask import Flask
from werkzeug.exceptions import HTTPException

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

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


class ApiError(Exception):
    """A refusal that a client sees as Google's JSON error."""

    http_status = 500
    status = "INTERNAL"


class InvalidArgumentError(ApiError):
    """The request can never be right."""

    http_status = 400
    status = "INVALID_ARGUMENT"


class FailedPreconditionError(ApiError):
    """The resource is not in a state that allows the request."""

    http_status = 400
    status = "FAILED_PRECONDITION"


class NotFoundError(ApiError):
    """The resource does not exist."""

    http_status = 404
    status = "NOT_FOUND"

    @classmethod
    def of(cls, kind: str, name: str, region: str, project: str) -> "NotFoundError":
        """Return the error in the words of Cloud Run."""
        return cls(
            f"Resource '{name}' of kind '{kind}' in region '{region}' in project '{project}' "
            "does not exist."
        )


class AlreadyExistsError(ApiError):
    """The resource's name is taken."""

    http_status = 409
    status = "ALREADY_EXISTS"


def answer_errors(app: Flask) -> None:
    """Let the application answer refusals, and what Flask itself refuses, as Google does."""
    app.register_error_handler(ApiError, _refusal)
    app.register_error_handler(HTTPException, _http_error)


def _refusal(error: ApiError) -> Answer:
    return _error(error.http_status, error.status, str(error))


def _http_error(error: HTTPException) -> Answer:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _error(code, _STATUSES.get(HTTPStatus(code), "UNKNOWN"), error.description or error.name)


def _error(code: int, status: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message, "status": status}}, code


def without_nulls(**fields: object) -> dict[str, object]:
    """Return the fields that have a value: an absent one is not null in Google's JSON."""
    return {name: value for name, value in fields.items() if value is not None}


def integer(value: object) -> int:
    """Return the integer that a JSON number or string stands for.

    Raises:
        InvalidArgumentError: It stands for none.
    """
    try:
        return int(str(value))
    except ValueError as error:
        raise InvalidArgumentError(f"Invalid value, not an integer: {value!r}") from error


def timestamp(moment: datetime | None) -> str | None:
    """Return RFC 3339 in UTC with microseconds: `2026-01-31T12:00:00.000000Z`."""
    if moment is None:
        return None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(text: object) -> float:
    """Return the seconds that `600` (v1) or `"600s"` (v2) stands for.

    Raises:
        InvalidArgumentError: It stands for none.
    """
    digits = str(text).removesuffix("s")
    if not _SECONDS.fullmatch(digits):
        raise InvalidArgumentError(f"Illegal duration format; duration must end with 's': {text!r}")
    return float(digits)


def duration(length_seconds: float) -> str:
    """Return protobuf's JSON form: `600s`, `0.5s`."""
    return f"{length_seconds:.9f}".rstrip("0").rstrip(".") + "s"


def elapsed(length_seconds: float) -> str:
    """Return the short form of Cloud Run's messages: `15.95s`, `2m49.01s`, `1h0m3s`."""
    minutes, rest = divmod(round(length_seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    ending = f"{rest:.2f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{ending}"
    return f"{minutes}m{ending}" if minutes else ending
