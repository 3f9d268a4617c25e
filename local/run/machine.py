"""This machine as the runtime of tasks."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local.containers import in_image
from local.run.containers import argv, environment, identity, own_variables
from local.run.logs import Logs
from local.run.processes import TaskProcess, kill_lost
from local.run.resources import Container, Execution
from local.run.tasks import Task


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
        """Kill what is left of an attempt that an earlier life of the stand-in started."""
        kill_lost(task.process, identity(execution, task))


def places(parallelism: int, task_count: int) -> int:
    """Return how many tasks run at once; Cloud Run's 0 (no limit) is here one a core."""
    return min(parallelism or max(2, os.cpu_count() or 2), task_count)
