"""A route by which tests inject faults into a stand-in: answers that fail, or get lost.

`POST /_faults` with `{"method": "POST", "path": "regex", "status": 503, "times": 2}` refuses the
next two matching requests before anything is done; the regex is searched in path and query. With
`"after": true` they are carried out and the answer is replaced: an answer that got lost. No
status: the connection is cut instead. `DELETE /_faults` clears. Nothing happens unless used.
"""

import json
import re
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ROUTE = "/_faults"
_LOWEST_ERROR = 400


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong with how many of the next requests; an empty method or path matches all."""

    status: int | None = None
    method: str = ""
    path: str = ""
    times: int = 1
    after: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(self.path)
        if self.status is not None and self.status < _LOWEST_ERROR:
            raise ValueError(f"{self.status} is not the status of an error")

    def matches(self, method: str, target: str) -> bool:
        """Whether the fault is meant for a request."""
        return self.method in {"", method} and self.pattern.search(target) is not None


class Faults:
    """WSGI middleware that lets everything pass until a fault is asked for."""

    def __init__(self, application: "WSGIApplication"):
        self._application = application
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the faults' own route, let the request pass, or make it fail."""
        if environ["PATH_INFO"] == _ROUTE:
            return self._configured(Request(environ))(environ, start_response)
        fault = self._due(environ) if self._faults else None
        if fault is None:
            return self._application(environ, start_response)
        if fault.after:
            run_wsgi_app(self._application, environ, buffered=True)
        if fault.status is None:
            environ["gunicorn.socket"].shutdown(socket.SHUT_RDWR)
        return _failure(fault.status or 503, "A fault that was asked for.")(environ, start_response)

    def _configured(self, request: Request) -> Response:
        try:
            with self._lock:
                if request.method == "POST":
                    self._faults.append(Fault(**request.get_json()))
                elif request.method == "DELETE":
                    self._faults.clear()
        except (TypeError, ValueError, re.PatternError) as error:
            return _failure(400, f"Not a fault: {error}")
        return Response(status=204)

    def _due(self, environ: "WSGIEnvironment") -> Fault | None:
        # As the client wrote them: only so do `%2F` and `/` differ.
        method, target = environ["REQUEST_METHOD"], environ["RAW_URI"]
        with self._lock:
            fault = next((each for each in self._faults if each.matches(method, target)), None)
            if fault:
                fault.times -= 1
                self._faults = [each for each in self._faults if each.times > 0]
            return fault


def _failure(status: int, message: str) -> Response:
    error = {"code": status, "message": message}
    return Response(json.dumps({"error": error}), status=status, mimetype="application/json")
