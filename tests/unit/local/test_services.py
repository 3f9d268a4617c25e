from dataclasses import replace
from pathlib import Path

import pytest

from local.cloud import PORT_NAMES, Cloud
from local.services import services


def test_every_defined_service_runs_with_its_own_command(cloud: Cloud) -> None:
    commands = {service.name: service.command for service in services(cloud)}
    for name, definition in cloud.definitions.services.items():
        assert commands[name] == definition.command


def test_a_service_waits_only_for_services_before_it(cloud: Cloud) -> None:
    seen: set[str] = set()
    for service in services(cloud):
        assert {*service.depends_on, *service.announced_after} <= seen
        seen.add(service.name)


def test_no_service_inherits_a_variable_of_the_shell(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/somebodys/key.json")
    for service in services(cloud):
        assert "GOOGLE_APPLICATION_CREDENTIALS" not in service.environment
        assert Path(service.environment["HOME"]).is_relative_to(cloud.home)


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
