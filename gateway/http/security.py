"""What keeps the door from being pushed: sizes, sites, headers."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, abort, request

from gateway.auth.permissions import Action
from shared.errors import PermissionDenied

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BODY_LIMIT_BYTES = 64 * 1024
# gunicorn itself cuts a request's first line at 8,190 bytes, with an answer that is not ours.
_URL_LIMIT_BYTES = 8_000

# A page that shows more than JSON sets its own Content-Security-Policy.
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)


def secure(app: Flask) -> None:
    """Bound what an application reads, and give its answers the headers of security."""
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT_BYTES
    app.wsgi_app = SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents


def require_short_url() -> None:
    """Refuse what no honest request needs: 414."""
    if len(request.query_string) + len(request.path) > _URL_LIMIT_BYTES:
        abort(HTTPStatus.REQUEST_URI_TOO_LONG, f"keep the URL below {_URL_LIMIT_BYTES:,} bytes")


def require_deliberate_request(action: Action) -> None:
    """Act on nothing that a browser does by itself, or because another site wants it.

    Raises:
        PermissionDenied: when another site asks.
        werkzeug.exceptions.HTTPException: 405 for HEAD, 400 for a prefetch.
    """
    if not action.has_effect:
        return
    if request.method == "HEAD":  # Flask answers it with the GET view, which acts
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    headers = request.headers
    purposes = (headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    if any("prefetch" in each or "preview" in each for each in purposes):
        abort(HTTPStatus.BAD_REQUEST, "a prefetch does nothing here: ask without it")
    if _is_foreign():
        raise PermissionDenied(
            "another site asks for this, and nobody here did: open it yourself",
            reason="CROSS_SITE",
        )


def _is_foreign() -> bool:
    # The browser's own word goes before the origin, which a proxy that renames the host belies.
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"none", "same-origin"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


class SecurityHeaders:
    """WSGI middleware that adds the headers of security that an answer has not set itself."""

    def __init__(self, application: "WSGIApplication"):
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            own = {name for name, _ in headers}
            headers += [header for header in _HEADERS if header[0] not in own]
            return start_response(status, headers, exc_info)

        return self._application(environ, start)
