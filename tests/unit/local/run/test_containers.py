import sys
from dataclasses import replace
from pathlib import Path

import pytest

from local.run.containers import argv, environment, own_variables
from local.run.machine import places
from local.run.resources import Container, Execution
from local.run.tasks import Task


def test_python_is_the_python_that_serves() -> None:
    container = Container(command=("python", "-m", "jobs"), args=("--help",))
    assert argv(container, {}) == [sys.executable, "-m", "jobs", "--help"]


def test_other_programs_are_found_on_the_tasks_path(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.touch(mode=0o755)
    assert argv(Container(command=("tool",)), {"PATH": str(tmp_path)}) == [str(program)]
    with pytest.raises(FileNotFoundError, match="'tool'"):
        argv(Container(command=("tool",)), {"PATH": "/nowhere"})


def test_a_container_without_a_command_cannot_run() -> None:
    with pytest.raises(FileNotFoundError, match="no command"):
        argv(Container(args=("--x",)), {})


def test_the_environment_is_clean_and_the_later_layer_wins(
    execution: Execution, task: Task
) -> None:
    host = {"HOME": "/home/me", "PATH": "/bin", "SECRET": "x"}
    endpoints = {"A": "endpoint", "E": "endpoint"}
    own = own_variables(endpoints, execution, replace(task, index=1, retried=2))
    variables = environment(host, own)
    assert variables == {
        "HOME": "/home/me",
        "PATH": f"{Path(sys.executable).parent}:/bin",
        "A": "job",
        "E": "endpoint",
        "CLOUD_RUN_JOB": "job",
        "CLOUD_RUN_EXECUTION": "job-abcde",
        "CLOUD_RUN_TASK_INDEX": "1",
        "CLOUD_RUN_TASK_COUNT": "2",
        "CLOUD_RUN_TASK_ATTEMPT": "2",
    }


def test_as_many_tasks_run_at_once_as_the_job_says() -> None:
    assert places(parallelism=3, task_count=10) == 3
    assert places(parallelism=3, task_count=1) == 1
    assert places(parallelism=0, task_count=10_000) >= 2
