import threading
from collections.abc import Iterator

import pytest

from tests.contract.scheduler.stand_in import StandIn, Target


@pytest.fixture
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    stand_in = StandIn(tmp_path_factory.mktemp("scheduler"))
    yield stand_in
    stand_in.stop()


@pytest.fixture
def target() -> Iterator[Target]:
    target = Target()
    thread = threading.Thread(target=target.server.serve_forever)
    thread.start()
    yield target
    target.server.shutdown()
    target.server.server_close()
    thread.join()
