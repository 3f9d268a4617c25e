from collections.abc import Iterator

import pytest

from local.cloud import Cloud
from local.running import Blueprint, running_cloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The one local cloud of a test session: real engines, real processes, everything provisioned.

    It starts when it is first asked for. Tests share it: let them use names of their own.
    """
    with running_cloud(Blueprint(tmp_path_factory.mktemp("cloud"))) as cloud:
        yield cloud
