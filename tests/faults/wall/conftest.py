import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jobs.sandbox.fork_server import ENVIRONMENT, ForkServer
from jobs.sandbox.runtime_store import RuntimeStore
from jobs.sandbox.system_calls import ALLOWED, CONDITIONS, UNKNOWN, compiled_filter
from runtimes.catalog import DEFAULT_RUNTIME
from tests.faults.wall.hostile import system_calls
from tests.faults.wall.planting import PlantedServer
from tests.model_runtimes import FOLDER as RUNTIMES
from tests.zoo.runtimes import chosen_runtimes

# scikit-learn sets them when it is imported.
_OF_LIBRARIES = {"KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "LC_CTYPE"}
REPOSITORY = Path(__file__).parents[3]


def pytest_generate_tests(metafunc):
    if "interpreter" in metafunc.fixturenames:
        names = chosen_runtimes(metafunc.config.getoption("--runtimes") or DEFAULT_RUNTIME)
        metafunc.parametrize("interpreter", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def interpreter(request):
    """The Python of the runtime that models run in."""
    return RuntimeStore(RUNTIMES, installs=True).interpreter(request.param)


@pytest.fixture(scope="session")
def marker():
    """A text that nothing but these tests knows, in this process's environment and a descriptor."""
    name = f"mlsys-wall-{os.getpid()}-{time.monotonic_ns()}"
    os.environ["MLSYS_TEST_MARKER"] = name
    yield name
    del os.environ["MLSYS_TEST_MARKER"]


@pytest.fixture(scope="session")
def secret(marker, tmp_path_factory):
    """A file that is open here when a fork server starts, also for its children."""
    path = tmp_path_factory.mktemp("secret") / "secret"
    path.write_text(f"{marker}-in-a-descriptor")
    with path.open() as file:
        os.set_inheritable(file.fileno(), True)
        yield path, file.fileno()


@pytest.fixture(scope="session")
def server(interpreter, secret) -> Iterator[ForkServer]:
    """The one fork server that every honest and hostile session here is forked from."""
    with ForkServer(interpreter) as server:
        yield server


@pytest.fixture(scope="session")
def server_without(interpreter, secret, tmp_path_factory):
    """A fork server whose processes leave parts of the wall out."""
    with PlantedServer(interpreter, tmp_path_factory.mktemp("planted")) as server:
        yield server.without


@pytest.fixture(scope="session")
def wall():
    return compiled_filter()


@pytest.fixture
def listeners(tmp_path_factory):
    """Where a hostile model tries to connect; behind the wall they have nothing to accept."""
    folder = tmp_path_factory.mktemp("listeners")
    with ExitStack() as stack:

        def listener(family, kind, address):
            opened = stack.enter_context(socket.socket(family, kind))
            opened.bind(address)
            opened.setblocking(False)
            if kind == socket.SOCK_STREAM:
                opened.listen(1000)
            return opened

        stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
        abstract = f"\0mlsys-wall-{os.getpid()}"
        yield {
            "tcp": listener(socket.AF_INET, stream, ("127.0.0.1", 0)),
            "tcp6": listener(socket.AF_INET6, stream, ("::1", 0)),
            "udp": listener(socket.AF_INET, datagram, ("127.0.0.1", 0)),
            "unix": listener(socket.AF_UNIX, stream, str(folder / "stream")),
            "unix_datagram": listener(socket.AF_UNIX, datagram, str(folder / "datagram")),
            "abstract": listener(socket.AF_UNIX, stream, abstract),
        }


@pytest.fixture(scope="session")
def numbers():
    return system_calls()


@pytest.fixture
def world(tmp_path, marker, secret, server, listeners, numbers):
    """What an attack may know."""
    folder = tmp_path / "folder"
    (folder / "empty").mkdir(parents=True)
    (folder / "victim").write_text("untouched")
    path, descriptor = secret
    return {
        "folder": str(folder),
        "empty_folder": str(folder / "empty"),
        "victim": str(folder / "victim"),
        "marker": marker,
        "secret": str(path),
        "secret_descriptor": descriptor,
        "repository": str(REPOSITORY),
        "parent": os.getpid(),
        "parent_group": os.getpgid(0),
        "server": server._process.pid,
        "variables": sorted(set(os.environ) - set(ENVIRONMENT) - _OF_LIBRARIES),
        "numbers": numbers,
        "others": sorted(set(numbers) - ALLOWED - set(CONDITIONS) - UNKNOWN),
        "tcp_port": listeners["tcp"].getsockname()[1],
        "tcp6_port": listeners["tcp6"].getsockname()[1],
        "udp_port": listeners["udp"].getsockname()[1],
        "unix_path": listeners["unix"].getsockname(),
        "unix_datagram_path": listeners["unix_datagram"].getsockname(),
        "abstract_name": f"mlsys-wall-{os.getpid()}",
    }
