"""A Cloud Scheduler stand-in in a process of its own, and a target that notes who calls it."""

import subprocess
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.contract.run.stand_in import free_port

LOCATION = "projects/demo/locations/europe-west1"


class StandIn:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "local.scheduler", "--port", str(self.port)]
        command += ["--folder", str(self.folder), "--route=https://there=http://127.0.0.1:9"]
        self.process = subprocess.Popen(command)
        while not self._is_healthy():
            assert self.process.poll() is None
            time.sleep(0.02)

    def _is_healthy(self) -> bool:
        try:
            return requests.get(self.url, timeout=5).ok
        except requests.ConnectionError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        return requests.post(f"{self.url}{path}", json=body or {}, timeout=10)

    def create(self, name: str, uri: str, schedule: str = "0 3 1 1 *", **more: Any) -> str:
        """Make a job; its full name is returned."""
        full = f"{LOCATION}/jobs/{name}"
        job = {"name": full, "schedule": schedule, "httpTarget": {"uri": uri}, **more}
        self.post(f"v1/{LOCATION}/jobs", job).raise_for_status()
        return full

    def job(self, full_name: str) -> dict[str, Any]:
        job: dict[str, Any] = requests.get(f"{self.url}v1/{full_name}", timeout=10).json()
        return job


class Target:
    """Answers the statuses that it is given, then 200."""

    def __init__(self) -> None:
        target = self
        self.statuses: list[int] = []
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                target.calls.append((self.command, self.path, dict(self.headers), body))
                self.send_response(target.statuses.pop(0) if target.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/called"

    def slots(self) -> list[str]:
        return [headers["X-CloudScheduler-ScheduleTime"] for _, _, headers, _ in self.calls]
