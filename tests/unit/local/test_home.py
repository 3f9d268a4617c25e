import os
from pathlib import Path

import pytest

from local.cloud import PORT_NAMES, Cloud
from local.home import AlreadyRunningError, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "cloud")


@pytest.fixture
def cloud(home: Home) -> Cloud:
    ports = {name: 40000 + index for index, name in enumerate(PORT_NAMES)}
    return Cloud(home.folder, "a-project", "europe-west1", "dev", ports)


def test_a_home_is_claimed_by_one_at_a_time(home: Home) -> None:
    with (
        home.claimed(),
        pytest.raises(AlreadyRunningError, match=rf"{home.folder}.*pid {os.getpid()}, since 20"),
        home.claimed(),
    ):
        pytest.fail("claimed twice")


def test_a_home_can_be_claimed_again_when_it_was_let_go(home: Home) -> None:
    for _ in range(2):
        with home.claimed():
            pass


def test_other_processes_see_the_cloud_while_it_runs(home: Home, cloud: Cloud) -> None:
    with home.claimed():
        home.remember(cloud)
        assert home.running_cloud() == cloud
    assert home.running_cloud() is None


def test_where_nothing_ever_ran_no_cloud_runs(home: Home) -> None:
    assert home.running_cloud() is None
    assert home.remembered_ports() == {}


def test_the_ports_outlive_the_cloud(home: Home, cloud: Cloud) -> None:
    with home.claimed():
        home.remember(cloud)
    assert home.remembered_ports() == cloud.ports
