import sys
from pathlib import Path

import pytest

from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.system_calls import compiled_filter


@pytest.fixture(scope="session")
def server():
    """A fork server on this Python, which the tests here share."""
    with ForkServer(Path(sys.executable)) as server:
        yield server


@pytest.fixture(scope="session")
def wall():
    return compiled_filter()
