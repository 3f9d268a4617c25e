"""The console's blueprint, and its responses: pages from templates, error pages, redirects."""

import logging
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from gateway.console.formatting import FILTERS
from gateway.context import clients
from gateway.http.errors import STATUSES
from shared.errors import MlsysError

log = logging.getLogger(__name__)

HTML = "text/html"

# No inline script or style, no other host, no frame: a name that is a script cannot run.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_HEADINGS = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not available now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Internal error",
}

console = Blueprint(
    "console",
    __name__,
    url_prefix="/console",
    template_folder="templates",
    static_folder="static",
)


@console.record_once
def _add_filters(state: Any) -> None:
    # Flask sets up Jinja when the first page is rendered.
    for name, template_filter in FILTERS.items():
        state.app.add_template_filter(template_filter, name)
    state.app.add_template_filter(_short_table, "table")


def _short_table(name: str) -> str:
    """A table's id without the project, if it is this deployment's."""
    return name.removeprefix(f"{clients().settings.project_id}.")


def accepts_html() -> bool:
    """Whether the current request names text/html in Accept, and prefers it to JSON.

    curl and Google's clients send `*/*`, and get JSON.
    """
    accepted = request.accept_mimetypes
    if HTML not in [mimetype for mimetype, _ in accepted]:
        return False
    return accepted[HTML] >= max((q for m, q in accepted if m == "application/json"), default=0)


def page(
    template: str, /, code: HTTPStatus = HTTPStatus.OK, *, live_seconds: int = 0, **content: Any
) -> Response:
    """A page.

    Args:
        template: name of the template.
        code: HTTP status of the response.
        live_seconds: how often the page updates itself unless its reader has paused it; 0: never.
        **content: variables of the template.
    """
    paused = request.args.get("live") == "off"
    text = render_template(
        template,
        env=clients().settings.environment,
        project=clients().settings.project_id,
        live=0 if paused else live_seconds,
        paused=paused and live_seconds > 0,
        **content,
    )
    response = make_response(text, code)
    response.headers.update(_HEADERS)
    return response


def to_execution(execution_id: str) -> AnyResponse:
    """A redirect from a form to the page of the execution that it changed."""
    url = url_for("console.execution", execution_id=execution_id)
    return redirect(url, HTTPStatus.SEE_OTHER)


@console.errorhandler(MlsysError)
def _mlsys_error(error: MlsysError) -> Response:
    log.warning("%s %s: %s", request.method, request.path, error)
    code = next(
        (code for kind, (code, _) in STATUSES.items() if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    return _error_page(code, error.message, error.reason)


@console.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _error_page(code, error.description or code.phrase, code.name)


@console.errorhandler(Exception)
def _unexpected_error(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    code = HTTPStatus.INTERNAL_SERVER_ERROR
    return _error_page(code, "The gateway failed; its log says why.", "INTERNAL")


def _error_page(code: HTTPStatus, message: str, reason: str) -> Response:
    heading = _HEADINGS.get(code, "This cannot be done")
    return page("error.html", code, heading=heading, message=message, reason=reason)
