import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.cloud_run.machine import Logs, Machine, argv, concurrency, environment, own_variables
from local.cloud_run.resources import Execution
from local.cloud_run.tasks import Task
from local.cloud_run.template import Container

# The engine is a script that shows what it was given.
_ENGINE = f"""#!{sys.executable}
import os, sys
print(*sys.argv[1:])
print(os.environ["CLOUD_RUN_EXECUTION"], os.environ["E"], os.environ["OF_THE_ENGINE_S_USER"])
"""


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
    assert concurrency(parallelism=3, task_count=10) == 3
    assert concurrency(parallelism=3, task_count=1) == 1
    assert concurrency(parallelism=0, task_count=10_000) >= 2


def test_a_task_runs_in_its_image_with_its_own_variables(
    execution: Execution, task: Task, tmp_path: Path
) -> None:
    engine = tmp_path / "engine"
    engine.write_text(_ENGINE)
    engine.chmod(0o755)
    container = replace(execution.template.container, image="job", command=("a",), args=("b",))
    execution = replace(execution, template=replace(execution.template, container=container))
    machine = Machine(
        working_directory=tmp_path,
        logs=Logs(tmp_path / "logs"),
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        endpoints={"E": "endpoint"},
        host={"OF_THE_ENGINE_S_USER": "host"},
        engine=str(engine),
    )
    result = machine.start(execution, task).result(timeout_seconds=30, grace_seconds=1)
    assert result.exit_code == 0
    log = "".join(path.read_text() for path in (tmp_path / "logs").rglob("*") if path.is_file())
    assert "localhost/mlsys-job:latest a b" in log
    assert "--env=E " in log
    assert "--env=CLOUD_RUN_EXECUTION" in log
    assert "--env=OF_THE_ENGINE_S_USER" not in log
    assert f"{execution.name} endpoint host" in log
