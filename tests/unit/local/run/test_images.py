"""Containers that run from their images; the engine is a script that shows what it was given."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from local.cloud import PORT_NAMES, Cloud
from local.containers import in_image
from local.run.logs import Logs
from local.run.machine import Machine
from local.run.resources import Execution
from local.run.tasks import Task
from local.services import services

_ENGINE = f"""#!{sys.executable}
import os, sys
print(*sys.argv[1:])
print(os.environ["CLOUD_RUN_EXECUTION"], os.environ["E"], os.environ["OF_THE_ENGINE_S_USER"])
"""


def test_a_container_gets_the_variables_that_are_named_and_none_of_the_laptop_s_files() -> None:
    command = in_image("podman", "job", ["python", "-m", "jobs"], ["A", "B"])
    assert command == (
        *("podman", "run", "--rm", "--network=host", "--pull=never", "--env=A", "--env=B"),
        *("localhost/mlsys-job:latest", "python", "-m", "jobs"),
    )


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


def test_the_services_of_a_cloud_with_an_engine_run_from_their_images(tmp_path: Path) -> None:
    ports = dict.fromkeys(PORT_NAMES, 1)
    cloud = Cloud(tmp_path, "my-project", "europe-west1", "dev", ports, engine="podman")
    commands = {service.name: service.command for service in services(cloud)}
    assert "localhost/mlsys-gateway:latest" in commands["gateway"]
    assert "localhost/mlsys-job:latest" in commands["register"]
    assert "--engine=podman" in commands["run"]
    assert not any("PYTHONPATH" in word for word in commands["gateway"] + commands["run"])
    as_processes = services(replace(cloud, engine=""))
    assert not any("podman" in word for service in as_processes for word in service.command)
