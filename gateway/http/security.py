"""Protection of every route: bounds on requests, no cross-site requests, security headers."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, abort, request

from gateway.auth.authorization import Permission
from shared.errors import PermissionDenied

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BODY_LIMIT_BYTES = 64 * 1024
# gunicorn rejects a request line above 8,190 bytes with a response of its own.
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
    """Bound the bodies that an application reads, and add security headers to its responses."""
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT_BYTES
    app.wsgi_app = SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents


def require_short_url() -> None:
    """Require a URL of at most 8,000 bytes.

    Raises:
        werkzeug.exceptions.HTTPException: 414.
    """
    if len(request.query_string) + len(request.path) > _URL_LIMIT_BYTES:
        abort(HTTPStatus.REQUEST_URI_TOO_LONG, f"keep the URL below {_URL_LIMIT_BYTES:,} bytes")


def require_deliberate_request(permission: Permission) -> None:
    """Require that no route with an effect is called by a prefetch, HEAD or another site.

    Raises:
        PermissionDenied: when another site's page makes the browser send the request.
        werkzeug.exceptions.HTTPException: 405 for HEAD, 400 for a prefetch.
    """
    if not permission.has_effect:
        return
    if request.method == "HEAD":  # Flask answers HEAD with the GET view, which has the effect
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    headers = request.headers
    purposes = (headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    if any("prefetch" in each or "preview" in each for each in purposes):
        abort(HTTPStatus.BAD_REQUEST, "a prefetch has no effect here: send the request without it")
    if _is_cross_site():
        raise PermissionDenied(
            "the page of another site sent this request: send it yourself",
            reason="CROSS_SITE",
        )


def _is_cross_site() -> bool:
    # Sec-Fetch-Site comes first: behind a proxy that renames the host, Origin never equals it.
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"none", "same-origin"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


class SecurityHeaders:
    """WSGI middleware that adds the security headers that a response has not set itself."""

    def __init__(self, application: "WSGIApplication"):
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            own = {name for name, _ in headers}
            headers += [header for header in _HEADERS if header[0] not in own]
            return start_response(status, headers, exc_info)

        return self._application(environ, start)
