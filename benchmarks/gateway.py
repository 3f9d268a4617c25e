"""The gateway's start and the speed of its /health, beside a bare Flask application's.

Both are served by gunicorn with the gateway's own configuration, take turns, and are asked on
loopback by the same few threads.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from benchmarks.report import table

_APPS = {"bare Flask": "benchmarks.bare_flask:create_app()", "gateway": "gateway.app:create_app()"}
_ASKERS = 4
_REQUESTS_EACH = 500
_ROUNDS_OF_STARTS = 3
_NOWHERE = "http://127.0.0.1:1"


def beside_bare_flask(repetitions: int) -> str:
    """A table of both: seconds from process start to the first answer, and answers a second."""
    starts: dict[str, list[float]] = {name: [] for name in _APPS}
    speeds: dict[str, list[float]] = {name: [] for name in _APPS}
    for _ in range(repetitions * _ROUNDS_OF_STARTS):
        for name, app in _APPS.items():
            begun = time.perf_counter()
            with _served(app) as port:
                starts[name].append(time.perf_counter() - begun)
                speeds[name].append(_answers_a_second(port))
    start = {name: statistics.median(each) for name, each in starts.items()}
    speed = {name: statistics.median(each) for name, each in speeds.items()}
    bare = "bare Flask"
    return table(
        ("application", "start s", "of bare Flask", "/health a second", "of bare Flask "),
        [
            (
                name,
                f"{start[name]:.2f}",
                f"{start[name] / start[bare]:.2f}",
                f"{speed[name]:,.0f}",
                f"{speed[name] / speed[bare]:.2f}",
            )
            for name in _APPS
        ],
    )


@contextmanager
def _served(app: str) -> Iterator[int]:
    """Serve an application until the block ends; it has answered when the block begins."""
    port = _free_port()
    environment = {
        **os.environ,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "GCP_PROJECT_ID": "my-project",
        "STORAGE_EMULATOR_HOST": _NOWHERE,
        "BIGQUERY_EMULATOR_HOST": _NOWHERE,
        "CLOUD_RUN_ENDPOINT": _NOWHERE,
    }
    command = [sys.executable, "-m", "gunicorn", "--config=gateway/server.py", app]
    command += ["--log-level=warning"]
    process = subprocess.Popen(command, env=environment)
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"{app} did not start")
            time.sleep(0.005)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _answers_a_second(port: int) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(_ASKERS) as askers:
        list(askers.map(_ask, [port] * _ASKERS))
    return _ASKERS * _REQUESTS_EACH / (time.perf_counter() - begun)


def _ask(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(_REQUESTS_EACH):
        connection.request("GET", "/health")
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"/health answered {answer.status}")
    connection.close()
