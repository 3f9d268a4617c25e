"""Request ids and trace contexts, in each response and in each log record of a request.

Sources: https://www.w3.org/TR/trace-context/ and
https://cloud.google.com/run/docs/logging#correlate-logs
"""

import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g, has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TRACE = "mlsys.trace"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids by which the log records of a request are found.

    Attributes:
        request_id: the header X-Request-Id, else 32 hexadecimal digits.
        trace_id: 32 hexadecimal digits, those of the caller's traceparent if it sent one.
        span_id: 16 hexadecimal digits of this request.
    """

    request_id: str
    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        """The value of W3C's traceparent header."""
        return f"00-{self.trace_id}-{self.span_id}-01"


class TraceMiddleware:
    """WSGI middleware that gives each request a trace, and sends its ids with the response."""

    def __init__(self, application: "WSGIApplication"):
        self._application = application

    def __call__(self, wsgi: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        trace = wsgi[_TRACE] = _new_trace(wsgi)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers += [("X-Request-Id", trace.request_id), ("traceparent", trace.traceparent)]
            return start_response(status, headers, exc_info)

        return self._application(wsgi, start)


def _new_trace(wsgi: "WSGIEnvironment") -> Trace:
    given = wsgi.get("HTTP_X_REQUEST_ID", "")
    parent = _TRACEPARENT.fullmatch(wsgi.get("HTTP_TRACEPARENT", ""))
    fresh = secrets.token_hex(40)
    return Trace(
        request_id=given if _REQUEST_ID.fullmatch(given) else fresh[:32],
        trace_id=parent[1] if parent else fresh[32:64],
        span_id=fresh[64:],
    )


def request_id() -> str:
    """The id of the current request."""
    trace = _trace_of(request.environ)
    return trace.request_id if trace else ""


def _trace_of(wsgi: "WSGIEnvironment") -> Trace | None:
    found: Trace | None = wsgi.get(_TRACE)
    return found


class TraceFilter(logging.Filter):
    """Adds the request's ids to every log record; Cloud Logging groups records by trace."""

    def __init__(self, project: str):
        super().__init__()
        self._project = project

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the ids; every record passes."""
        if has_request_context() and (trace := _trace_of(request.environ)):
            record.request_id = trace.request_id
            record.caller = g.get("caller")
            vars(record)["logging.googleapis.com/spanId"] = trace.span_id
            vars(record)["logging.googleapis.com/trace"] = (
                f"projects/{self._project}/traces/{trace.trace_id}"
            )
        return True
