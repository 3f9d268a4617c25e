"""What goes wrong on a page → a page that says so."""

import logging
from http import HTTPStatus

from flask import Response, request
from werkzeug.exceptions import HTTPException

from gateway.console.rendering import console, page
from gateway.http.errors import STATUSES
from shared.errors import MlsysError

log = logging.getLogger(__name__)

_HEADINGS = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not just now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke",
}


@console.errorhandler(MlsysError)
def _refusal(error: MlsysError) -> Response:
    log.warning("%s %s: %s", request.method, request.path, error)
    code = next(
        (code for kind, (code, _) in STATUSES.items() if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    return _page(code, error.message, error.reason)


@console.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _page(code, error.description or code.phrase, code.name)


@console.errorhandler(Exception)
def _bug(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    code = HTTPStatus.INTERNAL_SERVER_ERROR
    return _page(code, "The gateway failed; its log says why.", "INTERNAL")


def _page(code: HTTPStatus, sentence: str, reason: str) -> Response:
    heading = _HEADINGS.get(code, "This cannot be done")
    return page("problem.html", code, heading=heading, sentence=sentence, reason=reason)
