"""Several calls in one request, answered in one response.

https://cloud.google.com/storage/docs/batch
"""

from uuid import uuid4

from flask import Blueprint, Response, current_app, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local.storage import incoming, multipart
from local.storage.errors import InvalidError

batch = Blueprint("batch", __name__)

_REQUEST_LINE_WORDS = 3


@batch.post("/batch/storage/v1")
def run() -> Response:
    """Carry the calls out in their order; one that fails does not keep the next from running."""
    separator = multipart.boundary(request.headers.get("Content-Type", ""))
    answers = list(map(_answer, multipart.parts(incoming.body(), separator)))
    mark = f"batch_{uuid4().hex}"
    body = b"".join(b"--%b\r\n%b\r\n" % (mark.encode(), answer) for answer in answers)
    return Response(
        body + f"--{mark}--\r\n".encode(), content_type=f"multipart/mixed; boundary={mark}"
    )


def _answer(part: multipart.Part) -> bytes:
    """The answer to the call in one part, as a part."""
    identifier = part.headers.get("content-id", "").strip("<>")
    status, headers, body = _called(b"".join(part.content))
    head = "\r\n".join(
        [
            "Content-Type: application/http",
            f"Content-ID: <response-{identifier}>",
            "",
            f"HTTP/1.1 {status}",
            f"Content-Type: {headers.get('Content-Type', 'application/json')}",
            f"Content-Length: {len(body)}",
            "",
            "",
        ]
    )
    return head.encode("latin-1") + body


def _called(call: bytes) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body that the application answers to a call."""
    head, _, body = call.lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")
    words = head.decode("latin-1").splitlines()[0].split(" ")
    if len(words) != _REQUEST_LINE_WORDS:
        raise InvalidError("A part of the batch has no request line.")
    method, uri, _ = words
    builder = EnvironBuilder(path=uri, method=method, data=body, content_type="application/json")
    environ = builder.get_environ() | {"RAW_URI": uri}
    answer, status, headers = run_wsgi_app(current_app.wsgi_app, environ, buffered=True)
    return status, dict(headers), b"".join(answer)
