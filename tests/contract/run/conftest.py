from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.contract.run.stand_in import StandIn


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    started = StandIn(tmp_path_factory.mktemp("run"), "--task-env", "ENDPOINT=local")
    yield started
    started.stop()


@pytest.fixture
def job() -> str:
    """A job id of the test's own."""
    return f"job-{uuid4().hex[:8]}"
