"""A cloud for the length of a `with` block, in this very process."""

from pathlib import Path

import psutil
import pytest

from local.home import AlreadyRunningError, Home
from local.running import Blueprint, CloudFailedError, running_cloud
from local.supervisor.processes import orphans
from local.supervisor.service import Service
from tests.faults.supervisor.placeholder_up import ENVIRONMENT, placeholders
from tests.waiting import wait_for


@pytest.fixture
def blueprint(tmp_path: Path) -> Blueprint:
    return Blueprint(tmp_path / "cloud", services=lambda cloud: placeholders(cloud)[:2])


def kill_services(home: Path) -> None:
    (storage,) = orphans(home)
    storage.kill()
    # Until its parent has taken note: while a killed process's threads end, nobody can.
    wait_for(lambda: not psutil.pid_exists(storage.pid))


def test_a_cloud_runs_exactly_as_long_as_the_block(blueprint: Blueprint) -> None:
    with running_cloud(blueprint) as cloud:
        assert orphans(cloud.home)
        assert Home(cloud.home).running_cloud() == cloud
    assert not orphans(cloud.home)
    assert Home(cloud.home).running_cloud() is None


def test_a_cloud_that_cannot_start_is_an_error_that_shows_the_log(tmp_path: Path) -> None:
    command = ("python", "-c", "raise SystemExit('no disk left')")
    broken = Service("provision", "fails", command, ENVIRONMENT)
    blueprint = Blueprint(tmp_path, services=lambda _: (broken,))
    with pytest.raises(CloudFailedError, match="no disk left"), running_cloud(blueprint):
        pytest.fail("it runs")


def test_a_service_that_dies_in_the_block_does_not_go_unnoticed(blueprint: Blueprint) -> None:
    with (
        pytest.raises(CloudFailedError, match="storage ended by signal SIGKILL"),
        running_cloud(blueprint) as cloud,
    ):
        kill_services(cloud.home)


def test_two_clouds_cannot_share_a_home(blueprint: Blueprint) -> None:
    with (
        running_cloud(blueprint),
        pytest.raises(AlreadyRunningError),
        running_cloud(blueprint),
    ):
        pytest.fail("it runs twice")
