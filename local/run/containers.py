"""What a container becomes on this machine: a command line and an environment; pure."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from local.run.resources import Container, Execution
from local.run.tasks import Task

# A container starts with a clean environment: of the host's, only what programs need to run at all.
_HOST_VARIABLES = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")


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
    """Return the variables by which Cloud Run tells a task who it is."""
    return {
        "CLOUD_RUN_JOB": execution.job,
        "CLOUD_RUN_EXECUTION": execution.name,
        "CLOUD_RUN_TASK_INDEX": str(task.index),
        "CLOUD_RUN_TASK_COUNT": str(execution.template.task_count),
        "CLOUD_RUN_TASK_ATTEMPT": str(task.retried),
    }
