"""This machine as the runtime of tasks: their command lines, environments and logs."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from deployment.images.container_engine import in_image
from local.cloud_run.processes import TaskProcess, kill_lost
from local.cloud_run.resources import Execution
from local.cloud_run.tasks import Task
from local.cloud_run.template import Container
from local.google_json import timestamp

# A container starts with a clean environment: of the host's, only what programs need to run at all.
_HOST_VARIABLES = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")


class Logs:
    """The folder `{execution}/{task_index}.log`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def opened(self, task: Task, now: datetime) -> BinaryIO:
        """Return the log of a task, opened to append, with a line that marks the attempt."""
        path = self._path(task.execution, task.index)
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("ab", buffering=0)
        start = "\n" if log.tell() else ""
        log.write(f"{start}--- attempt {task.retried}, {timestamp(now)}\n".encode())
        return log

    def indexes(self, execution: str) -> list[int]:
        """Return the indexes of the tasks that have a log."""
        return sorted(int(path.stem) for path in (self._folder / execution).glob("*.log"))

    def text(self, execution: str, indexes: Iterable[int]) -> Iterator[bytes]:
        """Yield the logs of an execution, each under the name of its task."""
        for index in indexes:
            yield f"=== {execution}-task{index}\n".encode()
            yield self._path(execution, index).read_bytes()

    def _path(self, execution: str, index: int) -> Path:
        return self._folder / execution / f"{index}.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where and how tasks run; `endpoints` are environment variables for all of them.

    With an engine, such as podman, they run in their images, else as processes of this machine.
    """

    working_directory: Path
    logs: Logs
    now: Callable[[], datetime]
    endpoints: Mapping[str, str]
    host: Mapping[str, str]
    engine: str = ""

    def start(self, execution: Execution, task: Task) -> TaskProcess:
        """Start an attempt; raises OSError or ValueError when its command cannot be."""
        own = own_variables(self.endpoints, execution, task)
        variables = {**self.host, **own} if self.engine else environment(self.host, own)
        with self.logs.opened(task, self.now()) as log:
            try:
                command = self._command(execution.template.container, variables, own)
                return TaskProcess(command, variables, self.working_directory, log)
            except (OSError, ValueError) as error:
                log.write(f"{error}\n".encode())
                raise

    def _command(
        self, container: Container, variables: Mapping[str, str], own: Mapping[str, str]
    ) -> list[str]:
        if not self.engine:
            return argv(container, variables)
        return [*in_image(self.engine, container.image, (*container.command, *container.args), own)]

    def kill_lost(self, execution: Execution, task: Task) -> None:
        """Kill what is left of an attempt that an earlier process of the stand-in started."""
        kill_lost(task.process, identity(execution, task))


def concurrency(parallelism: int, task_count: int) -> int:
    """Return how many tasks run at once; Cloud Run's 0 (no limit) is here one a core."""
    return min(parallelism or max(2, os.cpu_count() or 2), task_count)


def argv(container: Container, environment: Mapping[str, str]) -> list[str]:
    """Return the command line that runs the container as a process of this machine.

    Raises:
        FileNotFoundError: There is no such program, or the container names none: the entry point
            of its image is not known here.
    """
    if not container.command:
        raise FileNotFoundError("the container has no command")
    program, *arguments = *container.command, *container.args
    if program in {"python", "python3"}:
        return [sys.executable, *arguments]
    located = program if "/" in program else shutil.which(program, path=environment.get("PATH"))
    if not located:
        raise FileNotFoundError(f"no program {program!r} on the path")
    return [located, *arguments]


def environment(host: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a task that is a process: what programs need, and its own."""
    kept = {name: host[name] for name in _HOST_VARIABLES if name in host}
    binaries = str(Path(sys.executable).parent)
    path = os.pathsep.join([binaries, kept.get("PATH", os.defpath)])
    return kept | {"PATH": path} | dict(own)


def own_variables(endpoints: Mapping[str, str], execution: Execution, task: Task) -> dict[str, str]:
    """Return a task's own variables: local endpoints, the job's, Cloud Run's, in this order."""
    job_environment = execution.template.container.environment
    return dict(endpoints) | job_environment | identity(execution, task)


def identity(execution: Execution, task: Task) -> dict[str, str]:
    """Return the variables that Cloud Run sets for each task."""
    return {
        "CLOUD_RUN_JOB": execution.job,
        "CLOUD_RUN_EXECUTION": execution.name,
        "CLOUD_RUN_TASK_INDEX": str(task.index),
        "CLOUD_RUN_TASK_COUNT": str(execution.template.task_count),
        "CLOUD_RUN_TASK_ATTEMPT": str(task.retried),
    }
