"""One id a request, in its answer and in every line that is logged for it.

Sources: https://www.w3.org/TR/trace-context/ and
https://cloud.google.com/run/docs/logging#correlate-logs
"""

import logging
import re
import secrets
from dataclasses import dataclass

from flask import Flask, Response, g, has_request_context, request

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Trace:
    """Who asks for what, as far as logs can tell it together.

    Attributes:
        trace_id: 32 hexadecimal digits: the caller's own, where it sent one.
        span_id: 16 hexadecimal digits: this request's.
    """

    request_id: str
    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        """The trace in the form of W3C."""
        return f"00-{self.trace_id}-{self.span_id}-01"


def trace_requests(app: Flask) -> None:
    """Let an application trace its requests."""
    app.before_request(current_trace)
    app.after_request(_announce)


def current_trace() -> None:
    """Begin the trace of the current request."""
    given = request.headers.get("X-Request-Id", "")
    parent = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    g.trace = Trace(
        request_id=given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16),
        trace_id=parent[1] if parent else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
    )


def request_id() -> str:
    """The id of the current request."""
    return str(g.trace.request_id)


def _announce(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    response.headers["traceparent"] = g.trace.traceparent
    return response


class TraceFilter(logging.Filter):
    """Adds the request's ids to every record; Cloud Logging shows those of one trace together."""

    def __init__(self, project: str):
        super().__init__()
        self._project = project

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if has_request_context() and (trace := g.get("trace")):
            record.request_id = trace.request_id
            record.caller = g.get("caller")
            vars(record)["logging.googleapis.com/spanId"] = trace.span_id
            vars(record)["logging.googleapis.com/trace"] = (
                f"projects/{self._project}/traces/{trace.trace_id}"
            )
        return True
