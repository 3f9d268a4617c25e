"""A Cloud Run Jobs stand-in in a process of its own, and the clients that drive it."""

import os
import signal
import socket
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from google.api_core.operation import Operation
from google.auth.credentials import AnonymousCredentials
from google.cloud import run_v2

PARENT = "projects/demo/locations/europe-west1"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class StandIn:
    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "local.cloud_run", "--port", str(self.port)),
                *("--folder", str(self.folder / "state"), "--region", "europe-west1"),
                *("--working-directory", str(self.folder), *self._options),
            ],
            env=os.environ | {"SECRET_OF_THE_HOST": "1"},
        )
        while not self.is_healthy():
            assert self.process.poll() is None
            time.sleep(0.02)

    def is_healthy(self) -> bool:
        try:
            return requests.get(self.url, timeout=5).ok
        except requests.ConnectionError:
            return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        for client in {"jobs", "executions", "tasks"} & vars(self).keys():
            vars(self).pop(client).transport.close()  # an open connection holds up the end
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait()

    def _client[T](self, kind: type[T]) -> T:
        return kind(  # type: ignore[call-arg]
            transport="rest",
            credentials=AnonymousCredentials(),
            client_options={"api_endpoint": self.url},
        )

    @cached_property
    def jobs(self) -> run_v2.JobsClient:
        return self._client(run_v2.JobsClient)

    @cached_property
    def executions(self) -> run_v2.ExecutionsClient:
        return self._client(run_v2.ExecutionsClient)

    @cached_property
    def tasks(self) -> run_v2.TasksClient:
        return self._client(run_v2.TasksClient)

    def create_job(
        self, name: str, script: str, *, retries: int = 0, timeout: float = 60, **template: Any
    ) -> str:
        """Create a job that runs a Python script; returns its full name."""
        container = {"image": "image", "command": ["python", "-c", script]}
        length = {"seconds": int(timeout), "nanos": int(timeout % 1 * 1e9)}
        task = {"containers": [container], "max_retries": retries, "timeout": length}
        job = run_v2.Job(template={"template": task, **template})
        created = self.jobs.create_job(parent=PARENT, job_id=name, job=job)
        return created.result().name

    def run(self, job: str, **overrides: Any) -> Operation:
        return self.jobs.run_job({"name": job, "overrides": overrides})

    def execution(self, operation: Operation) -> run_v2.Execution:
        return self.executions.get_execution(name=operation.metadata.name)

    def wait(self, operation: Operation, timeout: str = "30s") -> run_v2.Execution:
        """Wait without the pauses of `operation.result()`; an error is not raised."""
        url = f"{self.url}/v2/{operation.operation.name}:wait"
        assert requests.post(url, json={"timeout": timeout}, timeout=60).ok
        return self.execution(operation)

    def log(self, operation: Operation) -> str:
        return requests.get(self.execution(operation).log_uri, timeout=5).text
