"""Stand-ins of one test, which may kill and start them as it likes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from tests.contract.storage.destination import Destination
from tests.contract.storage.servers import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server("local.storage", tmp_path / "storage.log", "--folder", tmp_path / "storage")
    yield server.start()
    server.kill()


@pytest.fixture
def client(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[storage.Client]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
    client = storage.Client(project="local", credentials=AnonymousCredentials())
    yield client
    client.close()


@pytest.fixture
def bucket(client: storage.Client) -> storage.Bucket:
    return client.create_bucket("models")


@pytest.fixture
def new_destination() -> Iterator[Callable[..., Destination]]:
    destinations: list[Destination] = []

    def create(**answers: float) -> Destination:
        destinations.append(Destination(**answers))
        return destinations[-1]

    yield create
    for destination in destinations:
        destination.close()


@pytest.fixture
def new_eventarc(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Delivers what is finalized in the bucket `models` to each destination."""
    servers: list[Server] = []

    def create(destinations: dict[str, str], *options: str) -> Server:
        triggers = [
            {
                "name": name,
                "type": "google.cloud.storage.object.v1.finalized",
                "bucket": "models",
                "destination": url,
            }
            for name, url in destinations.items()
        ]
        (tmp_path / "triggers.json").write_text(json.dumps(triggers))
        server = Server(
            "local.eventarc",
            tmp_path / "eventarc.log",
            *("--folder", tmp_path / "eventarc", "--storage-folder", tmp_path / "storage"),
            *("--triggers", tmp_path / "triggers.json", *options),
        )
        servers.append(server)
        return server.start()

    yield create
    for server in servers:
        server.kill()
