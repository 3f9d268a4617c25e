from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.contract.run.stand_in import StandIn


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., StandIn]]:
    """Starts stand-ins over the test's folder."""
    started: list[StandIn] = []

    def start(*options: str) -> StandIn:
        started.append(StandIn(tmp_path, *options))
        return started[-1]

    yield start
    for stand_in in started:
        stand_in.stop()
    for report in tmp_path.glob("*-[0-9]-[0-9]"):  # a test that failed leaves none behind either
        with suppress(psutil.NoSuchProcess):
            psutil.Process(int(report.read_text())).kill()


@pytest.fixture
def stand_in(start: Callable[..., StandIn]) -> StandIn:
    return start("--grace-seconds", "0.3")
