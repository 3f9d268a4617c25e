"""A door for tests: answers that fail or get lost on demand.

`POST /_faults` with `{"method": "POST", "path": "uploadType=resumable", "status": 503, "times": 2}`
makes the next two matching requests fail; `DELETE /_faults` forgets all faults.
"""

import json
import re
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass
class Fault:
    """What goes wrong with the requests that match."""

    path: str
    """A regular expression, searched in path and query as the client wrote them."""
    method: str | None = None
    """None for any."""
    status: int | None = None
    """The answer; None cuts the connection instead."""
    times: int = 1
    after: bool = False
    """Whether the request is carried out first, so that only its answer is lost."""

    def matches(self, environ: "WSGIEnvironment") -> bool:
        """Whether this fault is meant for a request."""
        return self.method in {None, environ["REQUEST_METHOD"]} and (
            re.search(self.path, environ["RAW_URI"]) is not None
        )


class Faults:
    """WSGI middleware that lets everything pass until a fault is asked for."""

    def __init__(self, application: "WSGIApplication"):
        self._application = application
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        """Answer the door, let the request pass, or make it fail."""
        if environ["RAW_URI"] == "/_faults":
            return self._door(Request(environ))(environ, start_response)
        fault = self._due(environ) if self._faults else None
        if fault is None:
            return self._application(environ, start_response)
        if fault.after:
            run_wsgi_app(self._application, environ, buffered=True)
        if fault.status is None:
            environ["gunicorn.socket"].shutdown(socket.SHUT_RDWR)
        return _failure(fault.status or 503)(environ, start_response)

    def _door(self, request: Request) -> Response:
        with self._lock:
            if request.method == "POST":
                self._faults.append(Fault(**request.get_json()))
            elif request.method == "DELETE":
                self._faults.clear()
        return Response(status=204)

    def _due(self, environ: "WSGIEnvironment") -> Fault | None:
        with self._lock:
            fault = next((fault for fault in self._faults if fault.matches(environ)), None)
            if fault:
                fault.times -= 1
                self._faults = [fault for fault in self._faults if fault.times > 0]
            return fault


def _failure(status: int) -> Response:
    error = {"code": status, "message": "A fault that was asked for."}
    return Response(json.dumps({"error": error}), status=status, mimetype="application/json")
