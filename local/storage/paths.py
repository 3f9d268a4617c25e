"""URLs whose segments are decoded after routing: an object's name keeps its slashes."""

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from werkzeug.routing import BaseConverter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class UndecodedPath:
    """WSGI middleware that routes by the path as the client wrote it."""

    def __init__(self, application: "WSGIApplication"):
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        """Hand the request on with its path undecoded."""
        environ["PATH_INFO"] = _path(environ["RAW_URI"])
        return self._application(environ, start_response)


class NameConverter(BaseConverter):
    """One segment: the name of a bucket, or of an object with its slashes encoded."""

    def to_python(self, value: str) -> str:
        """The decoded name."""
        try:
            return unquote(value, errors="strict")
        except UnicodeDecodeError as error:
            raise ValidationError from error


class RestConverter(NameConverter):
    """The rest of the path: the name of an object whose slashes may stand as they are."""

    regex = ".+"
    part_isolating = False
    weight = 200


def _path(uri: str) -> str:
    """The path of a request line's URI, which names the host too when it came through a proxy."""
    return uri.partition("?")[0] if uri.startswith("/") else urlsplit(uri).path
