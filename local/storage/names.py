"""The names of buckets and objects: which are valid, and how URLs carry them.

https://cloud.google.com/storage/docs/buckets#naming
https://cloud.google.com/storage/docs/objects#naming
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from werkzeug.routing import BaseConverter, ValidationError

from local.storage.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_OBJECT_MAX_BYTES = 1024


def valid_bucket_name(name: object) -> str:
    """The name, or a refusal."""
    if not isinstance(name, str) or not _BUCKET.fullmatch(name):
        raise InvalidError(f"Invalid bucket name: '{name}'")
    return name


def valid_object_name(name: object) -> str:
    """The name, or a refusal."""
    if not isinstance(name, str) or not name:
        raise InvalidError("Required parameter: name")
    if not 0 < _encoded_length(name) <= _OBJECT_MAX_BYTES:
        raise InvalidError(f"Object names are UTF-8 of at most {_OBJECT_MAX_BYTES} bytes.")
    if name in {".", ".."} or "\r" in name or "\n" in name:
        raise InvalidError(f"Invalid object name: {name!r}")
    return name


def _encoded_length(name: str) -> int:
    """The name's length in UTF-8; 0 when it cannot be encoded."""
    try:
        return len(name.encode())
    except UnicodeEncodeError:
        return 0


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
