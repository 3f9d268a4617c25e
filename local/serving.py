"""Serves a stand-in's WSGI application on loopback until SIGTERM or SIGINT."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, create_app: "Callable[[], WSGIApplication]", port: int, threads: int):
        self._create_app = create_app
        self._port = port
        self._threads = threads
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._threads,
            "timeout": 0,
            "graceful_timeout": 2,
            "keepalive": 75,
            "loglevel": "warning",
            "limit_request_line": 0,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        return self._create_app()


def serve(create_app: "Callable[[], WSGIApplication]", port: int, threads: int = 32) -> None:
    """Serve the application that `create_app` returns, in one worker process, on 127.0.0.1.

    The application is created inside the worker: database connections and threads belong to it.
    """
    _Server(create_app, port, threads).run()
