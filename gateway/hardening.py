"""What keeps the door from being pushed: sizes, sites, headers."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from gateway.actions import current_action
from shared.errors import PermissionDenied

_BODY_LIMIT_BYTES = 64 * 1024
# gunicorn itself cuts a request's first line at 8,190 bytes, with an answer that is not ours.
_URL_LIMIT_BYTES = 8_000

# A page that shows more than JSON sets its own Content-Security-Policy.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def harden(app: Flask) -> None:
    """Put an application's guards up."""
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT_BYTES
    app.before_request(_refuse_long_urls)
    app.before_request(_refuse_what_nobody_asked_for)
    app.after_request(_add_headers)


def _refuse_long_urls() -> None:
    if len(request.url.encode()) > _URL_LIMIT_BYTES:
        abort(HTTPStatus.REQUEST_URI_TOO_LONG, f"keep the URL below {_URL_LIMIT_BYTES:,} bytes")


def _refuse_what_nobody_asked_for() -> None:
    """Act on nothing that a browser does by itself, or because another site wants it."""
    if not current_action().has_effect:
        return
    if request.method == "HEAD":  # Flask answers it with the GET view, which acts
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    headers = request.headers
    purposes = (headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    if any("prefetch" in each or "preview" in each for each in purposes):
        abort(HTTPStatus.BAD_REQUEST, "a prefetch does nothing here: ask without it")
    if headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"} or _is_foreign():
        raise PermissionDenied(
            "another site asks for this, and nobody here did: open it yourself",
            reason="CROSS_SITE",
        )


def _is_foreign() -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
