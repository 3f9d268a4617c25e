"""Templates → answers, with what keeps a page to itself."""

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
from werkzeug.wrappers import Response as AnyResponse

from gateway.console.formatting import FILTERS
from gateway.context import clients

HTML = "text/html"

# No inline script or style, no other host, no frame: hostile names stay names.
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

console = Blueprint(
    "console",
    __name__,
    url_prefix="/console",
    template_folder="templates",
    static_folder="static",
)


@console.record_once
def _add_filters(state: Any) -> None:
    # Only noted here: Jinja itself is set up when the first page is asked for.
    for name, written in FILTERS.items():
        state.app.add_template_filter(written, name)
    state.app.add_template_filter(_table, "table")


def _table(name: str) -> str:
    """A table without the project, where that is this deployment's own."""
    return name.removeprefix(f"{clients().settings.project_id}.")


def wants_page() -> bool:
    """Whether whoever asks says that they read HTML, and not that they rather have JSON.

    `*/*` is what curl and Google's clients say: they get JSON.
    """
    accepted = request.accept_mimetypes
    if HTML not in [mimetype for mimetype, _ in accepted]:
        return False
    return accepted[HTML] >= max((q for m, q in accepted if m == "application/json"), default=0)


def page(
    template: str, /, code: HTTPStatus = HTTPStatus.OK, *, live_seconds: int = 0, **content: Any
) -> Response:
    """A page; with `live_seconds` it follows what happens, unless its reader has paused it."""
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
    """Where a form leads that has done something to an execution: its page."""
    url = url_for("console.execution", execution_id=execution_id)
    return redirect(url, HTTPStatus.SEE_OTHER)
