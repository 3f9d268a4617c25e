"""A service that receives events: a dozen lines of HTTP that answer what a test wants."""

import json
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    object: dict[str, Any]

    @property
    def what(self) -> str:
        return self.headers["ce-type"].rpartition(".")[2]

    @property
    def name(self) -> str:
        return unquote(self.headers["ce-subject"]).removeprefix("objects/")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class Destination:
    """Answers the statuses in `script` first, then `status`; waits `delay_seconds` before."""

    def __init__(self, status: int = 204, delay_seconds: float = 0):
        self.script: deque[int] = deque()
        self.status = status
        self.delay_seconds = delay_seconds
        self.received: list[Received] = []
        self._closed = Event()
        self._server = _Server(("127.0.0.1", 0), self._request_class())
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def whats(self) -> list[tuple[str, str]]:
        return [(received.what, received.name) for received in self.received]

    def close(self) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, headers: dict[str, str], body: bytes) -> int:
        self.received.append(Received(headers, json.loads(body)))
        self._closed.wait(self.delay_seconds)
        return self.script.popleft() if self.script else self.status

    def _request_class(destination) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is taken
        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(destination._answer(headers, body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        return Request
