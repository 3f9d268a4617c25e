"""What the process of a stand-in needs: a server, threads, and a folder that is its own."""

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


log = logging.getLogger("serving")


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, create_app: "Callable[[], WSGIApplication]", settings: dict[str, object]):
        self._create_app = create_app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options = {
            "worker_class": "gthread",
            "workers": 1,
            "timeout": 0,
            "keepalive": 75,
            "loglevel": "warning",
            "limit_request_line": 0,
            "control_socket_disable": True,
        }
        for name, value in (options | self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        return self._create_app()


def serve(
    create_app: "Callable[[], WSGIApplication]",
    port: int,
    threads: int = 32,
    on_exit: Callable[[], None] = lambda: None,
    exit_seconds: int = 2,
) -> None:
    """Serve the application that `create_app` returns, in one worker process, on 127.0.0.1.

    The application is created inside the worker: database connections and threads belong to it.
    There too `on_exit` is called, at SIGTERM (so that it can release requests that wait) and again
    before the worker ends for any other reason but SIGKILL: a second call must do no harm.
    `exit_seconds` is what requests and `on_exit` together have left after SIGTERM.
    """

    def after_load(_worker: Any) -> None:
        _call_at_sigterm(on_exit)

    def before_exit(_server: Any, worker: Any) -> None:
        if worker.pid == os.getpid():  # the arbiter calls the hook too, for workers that are gone
            _disregard_further_signals()
            on_exit()

    settings: dict[str, object] = {
        "bind": f"127.0.0.1:{port}",
        "threads": threads,
        "graceful_timeout": exit_seconds,
        "post_worker_init": after_load,
        "worker_exit": before_exit,
    }
    _Server(create_app, settings).run()


def _call_at_sigterm(on_exit: Callable[[], None]) -> None:
    """Call `on_exit` in a thread of its own, beside what gunicorn does at SIGTERM."""
    stop_worker = signal.getsignal(signal.SIGTERM)
    assert callable(stop_worker)  # noqa: S101  # gunicorn has set it

    def stop(number: int, frame: Any) -> None:
        threading.Thread(target=on_exit).start()
        stop_worker(number, frame)

    signal.signal(signal.SIGTERM, stop)


def _disregard_further_signals() -> None:
    """Let the end be undisturbed: Ctrl-C reaches the worker, and then the arbiter sends more."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)


def start_thread[**P](work: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
    """Run work in a thread that does not keep the process from stopping: nothing is lost by it.

    Work that fails ends the process: the server starts a new one, which resumes.
    """

    def work_or_die() -> None:
        try:
            work(*arguments, **named)
        except BaseException:
            log.exception("a thread failed, starting afresh")
            os._exit(1)

    threading.Thread(target=work_or_die, daemon=True).start()


def lock_folder(folder: Path) -> TextIO:
    """Wait until no other process has the folder, then have it while the returned file is open.

    A worker whose parent was killed lives on for a moment, and may still write.
    """
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock
