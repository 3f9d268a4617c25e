"""One stand-in for all tests of this folder; each test has a bucket of its own."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from tests.contract.storage.servers import Server

_numbers = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("storage")
    server = Server("local.storage", folder / "log", "--folder", folder / "data").start()
    yield server
    server.stop()
    assert server.log.read_text() == ""


@pytest.fixture
def client(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[storage.Client]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
    client = storage.Client(project="local", credentials=AnonymousCredentials())
    yield client
    client.close()


@pytest.fixture
def new_bucket(client: storage.Client) -> Callable[..., storage.Bucket]:
    def create(*, versioned: bool = False) -> storage.Bucket:
        bucket = client.bucket(f"bucket-{next(_numbers)}")
        bucket.versioning_enabled = versioned
        return client.create_bucket(bucket)

    return create


@pytest.fixture
def bucket(new_bucket: Callable[..., storage.Bucket]) -> storage.Bucket:
    return new_bucket()


@pytest.fixture
def versioned_bucket(new_bucket: Callable[..., storage.Bucket]) -> storage.Bucket:
    return new_bucket(versioned=True)


@pytest.fixture
def http(server: Server) -> Iterator[requests.Session]:
    """For what the client library would never send."""
    with requests.Session() as session:
        yield session
        session.delete(f"{server.url}/_faults", timeout=5)
