"""Smoke-tests the images: every command of every job and service, and every runtime."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deployment.commands import CommandFailedError, run
from deployment.definitions import Definitions
from deployment.images.container_engine import in_image

_PATIENCE_SECONDS = 60
_HEALTH = {"gateway": "/health"}
# An image holds nothing of `deployment`, so it is given the program.
_RUNTIME_CHECK = Path(__file__).with_name("runtime_check.py").read_text(encoding="utf-8")


def check_jobs(engine: str, definitions: Definitions) -> Iterator[str]:
    """Ask each job for its help; yield a line for each."""
    for job in definitions.jobs:
        run(*in_image(engine, job.image, (*job.command, "--help"), ()))
        yield f"{job.name}: {' '.join(job.command)} --help"


def check_services(engine: str, definitions: Definitions, port: int) -> Iterator[str]:
    """Start each service and ask for an answer; yield a line for each.

    Raises:
        CommandFailedError: when one does not answer.
    """
    for name, service in definitions.services.items():
        given = {"HOST": "127.0.0.1", "PORT": str(port), "K_SERVICE": service.name}
        given |= definitions.variables
        variables = [f"{key}={value}" for key, value in given.items()]
        command = in_image(engine, service.image, service.command, variables)
        with _running(command):
            status = _status(f"http://127.0.0.1:{port}{_HEALTH.get(name, '/')}")
            yield f"{service.name}: {service.command[0]} answers {status}"


def check_runtimes(engine: str, runtimes: Sequence[str]) -> None:
    """Have each runtime of the job image fit a model, and the image inspect it behind the wall.

    Raises:
        CommandFailedError: when a model is not approved; why not, the container has printed.
    """
    command = in_image(engine, "job", ("python", "-c", _RUNTIME_CHECK, *runtimes), ())
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
        raise CommandFailedError("not every runtime of the job image loads its model: see above")


@contextmanager
def _running(command: Sequence[str]) -> Iterator[None]:
    container = subprocess.Popen(command, stdout=sys.stderr)
    try:
        yield
    finally:
        container.terminate()  # which the engine passes on
        container.wait()


def _status(url: str) -> int:
    """The status of its first answer; a service that refuses a bare GET is there too."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own loopback
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.2)
    raise CommandFailedError(f"{url} did not answer within {_PATIENCE_SECONDS} s")
