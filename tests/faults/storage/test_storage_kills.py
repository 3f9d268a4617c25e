import hashlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from google.cloud import storage

from tests.contract.storage.servers import Server, eventually

MIB = 1 << 20


def _files(tmp_path: Path) -> set[Path]:
    return set((tmp_path / "storage" / "objects").iterdir())


class Uploader(threading.Thread):
    """Uploads and overwrites until the server is gone, or stopped; notes what was acknowledged."""

    def __init__(self, port: int, number: int):
        super().__init__()
        self.acknowledged: dict[str, str] = {}
        self.uncertain: dict[str, str] = {}
        self.stopped = threading.Event()
        self._port = port
        self._uploads = 0
        self._number = number

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        try:
            while not self.stopped.is_set():
                self._upload(connection)
        except (OSError, http.client.HTTPException):
            pass
        connection.close()

    def _upload(self, connection: http.client.HTTPConnection) -> None:
        self._uploads += 1
        name = f"{self._number}/{self._uploads % 10}"
        content = os.urandom(self._uploads * 77_777 % 300_000)
        digest = hashlib.sha256(content).hexdigest()
        self.uncertain = {name: digest}
        path = f"/upload/storage/v1/b/models/o?uploadType=media&name={name}"
        connection.request("POST", path, content)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        self.acknowledged[name] = digest
        self.uncertain = {}


@pytest.mark.parametrize(
    ("kill", "after_seconds"),
    [(Server.kill, 0.2), (Server.kill, 0.5), (Server.kill_parent, 0.3)],
    ids=["early", "late", "while a worker outlives its parent"],
)
def test_a_kill_loses_no_acknowledged_object_and_leaves_no_half_one(
    server: Server,
    bucket: storage.Bucket,
    tmp_path: Path,
    kill: Callable[[Server], None],
    after_seconds: float,
) -> None:
    uploaders = [Uploader(server.port, number) for number in range(4)]
    for uploader in uploaders:
        uploader.start()
    time.sleep(after_seconds)
    kill(server)
    server.start()
    for uploader in uploaders:
        uploader.stopped.set()
        uploader.join()

    found = {
        blob.name: hashlib.sha256(blob.download_as_bytes()).hexdigest()
        for blob in bucket.list_blobs()
    }
    for uploader in uploaders:
        assert uploader.acknowledged
        for name, digest in uploader.acknowledged.items():
            assert found[name] in {digest, uploader.uncertain.get(name)}
    assert len(_files(tmp_path)) == len(found)


def test_an_upload_that_breaks_off_leaves_nothing(
    server: Server, bucket: storage.Bucket, tmp_path: Path
) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            b"POST /upload/storage/v1/b/models/o?uploadType=media&name=half HTTP/1.1\r\n"
            b"Host: localhost\r\nContent-Length: 2000000\r\n\r\n" + b"x" * MIB
        )
        eventually(lambda: len(_files(tmp_path)) == 1)

    eventually(lambda: not _files(tmp_path))
    assert list(bucket.list_blobs()) == []


@pytest.fixture
def session_url(server: Server, bucket: storage.Bucket) -> str:
    url = f"{server.url}/upload/storage/v1/b/models/o?uploadType=resumable&name=big"
    return requests.post(url, timeout=60).headers["Location"]


def test_a_resumable_upload_goes_on_after_a_kill(
    server: Server, bucket: storage.Bucket, session_url: str
) -> None:
    content = os.urandom(2 * MIB)
    half = {"Content-Range": f"bytes 0-{MIB - 1}/{2 * MIB}"}
    rest = {"Content-Range": f"bytes {MIB}-{2 * MIB - 1}/{2 * MIB}"}
    requests.put(session_url, data=content[:MIB], headers=half, timeout=60)
    server.kill()
    server.start()

    status = requests.put(session_url, headers={"Content-Range": "bytes */*"}, timeout=60)
    assert (status.status_code, status.headers["Range"]) == (308, f"bytes=0-{MIB - 1}")
    last = requests.put(session_url, data=content[MIB:], headers=rest, timeout=60)
    assert last.status_code == 200
    assert bucket.blob("big").download_as_bytes() == content


def test_a_finished_upload_is_remembered_after_a_kill(
    server: Server, bucket: storage.Bucket, session_url: str
) -> None:
    created = requests.put(session_url, data=b"all", timeout=60).json()
    server.kill()
    server.start()

    assert requests.put(session_url, data=b"all", timeout=60).json() == created


@pytest.fixture
def reading(server: Server, bucket: storage.Bucket) -> Iterator[list[bytes]]:
    """What readers of one name read all the while."""
    bucket.blob("contended").upload_from_string(b"0" * 100_000)
    contents: list[bytes] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            answer = requests.get(f"{server.url}/models/contended", timeout=60)
            answer.raise_for_status()
            contents.append(answer.content)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    yield contents
    done.set()
    for reader in readers:
        reader.join()


def test_a_reader_sees_one_whole_generation_however_often_it_is_overwritten(
    bucket: storage.Bucket, reading: list[bytes]
) -> None:
    for number in range(60):
        bucket.blob("contended").upload_from_string(str(number % 10).encode() * 100_000)

    eventually(lambda: len(reading) > 30)
    assert all(len(content) == 100_000 and len(set(content)) == 1 for content in reading)


def test_of_racing_creations_one_wins(server: Server, bucket: storage.Bucket) -> None:
    path = "/upload/storage/v1/b/models/o?uploadType=media&name=plan&ifGenerationMatch=0"
    statuses: list[int] = []

    def create(content: str) -> None:
        answer = requests.post(f"{server.url}{path}", data=content, timeout=60)
        statuses.append(answer.status_code)

    racers = [threading.Thread(target=create, args=(str(number),)) for number in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(statuses) == [200, *[412] * 7]


def test_the_stand_in_stops_on_sigterm(server: Server, tmp_path: Path) -> None:
    assert server.stop() < 4
    assert server.log.read_text() == ""
    server.start()
