import os
from io import BytesIO

import psutil
import pytest
import requests
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage

from tests.contract.storage.servers import Server

MIB = 1 << 20


@pytest.fixture
def session_url(server: Server, http: requests.Session, bucket: storage.Bucket) -> str:
    answer = http.post(
        f"{server.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=resumable&name=big",
        json={"metadata": {"owner": "anna"}},
        timeout=60,
    )
    return answer.headers["Location"]


def test_a_large_file_arrives_in_chunks(bucket: storage.Bucket) -> None:
    content = os.urandom(3 * MIB + 17)
    blob = bucket.blob("big", chunk_size=MIB)
    blob.upload_from_file(BytesIO(content), size=len(content))

    assert bucket.blob("big").download_as_bytes() == content


def test_a_stream_of_unknown_length_arrives_in_chunks(bucket: storage.Bucket) -> None:
    with bucket.blob("stream", chunk_size=MIB).open("wb") as stream:
        for _ in range(5):
            stream.write(b"x" * (MIB // 2 + 1))

    assert bucket.get_blob("stream").size == 5 * (MIB // 2 + 1)


def test_a_resumable_upload_holds_its_precondition_at_its_start_and_at_its_end(
    server: Server, http: requests.Session, bucket: storage.Bucket
) -> None:
    url = f"{server.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=resumable&name=plan"
    location = http.post(f"{url}&ifGenerationMatch=0", timeout=60).headers["Location"]
    bucket.blob("plan").upload_from_string("the winner's")

    assert http.put(location, data=b"the loser's", timeout=60).status_code == 412
    assert http.post(f"{url}&ifGenerationMatch=0", timeout=60).status_code == 412
    assert bucket.blob("plan").download_as_bytes() == b"the winner's"
    with pytest.raises(PreconditionFailed):
        bucket.blob("plan", chunk_size=MIB).upload_from_file(
            BytesIO(b"x" * 2 * MIB), if_generation_match=0
        )


def test_the_status_of_an_upload_is_the_range_that_arrived(
    http: requests.Session, session_url: str
) -> None:
    nothing = http.put(session_url, headers={"Content-Range": "bytes */*"}, timeout=60)
    chunk = http.put(
        session_url, data=b"0123456789", headers={"Content-Range": "bytes 0-9/20"}, timeout=60
    )
    status = http.put(session_url, headers={"Content-Range": "bytes */20"}, timeout=60)

    assert (nothing.status_code, "Range" in nothing.headers) == (308, False)
    assert (chunk.status_code, chunk.headers["Range"]) == (308, "bytes=0-9")
    assert (status.status_code, status.headers["Range"]) == (308, "bytes=0-9")


def test_a_chunk_that_comes_twice_counts_once_and_a_gap_is_not_filled(
    http: requests.Session, session_url: str, bucket: storage.Bucket
) -> None:
    def put(content: bytes, content_range: str) -> requests.Response:
        return http.put(
            session_url, data=content, headers={"Content-Range": content_range}, timeout=60
        )

    put(b"01234", "bytes 0-4/*")
    assert put(b"01234", "bytes 0-4/*").headers["Range"] == "bytes=0-4"
    assert put(b"89", "bytes 8-9/10").headers["Range"] == "bytes=0-4"
    assert put(b"3456789", "bytes 3-9/10").status_code == 200
    assert bucket.blob("big").download_as_bytes() == b"0123456789"


def test_a_lost_last_answer_is_given_again(
    http: requests.Session, session_url: str, bucket: storage.Bucket
) -> None:
    first = http.put(session_url, data=b"all of it", timeout=60)
    again = http.put(session_url, data=b"all of it", timeout=60)
    status = http.put(session_url, headers={"Content-Range": "bytes */9"}, timeout=60)

    assert first.json() == again.json() == status.json()
    assert first.json()["metadata"] == {"owner": "anna"}
    assert len(list(bucket.list_blobs(versions=True))) == 1


def test_a_finished_upload_cannot_be_undone(
    http: requests.Session, session_url: str, bucket: storage.Bucket
) -> None:
    http.put(session_url, data=b"all of it", timeout=60)
    http.delete(session_url, timeout=60)

    assert bucket.blob("big").download_as_bytes() == b"all of it"


def test_a_cancelled_upload_is_gone(http: requests.Session, session_url: str) -> None:
    assert http.delete(session_url, timeout=60).status_code == 499
    assert http.put(session_url, data=b"late", timeout=60).status_code == 404


def test_more_bytes_than_declared_are_refused(http: requests.Session, session_url: str) -> None:
    answer = http.put(
        session_url, data=b"0123456789", headers={"Content-Range": "bytes 0-9/5"}, timeout=60
    )

    assert answer.status_code == 400


def test_the_client_survives_answers_that_fail_or_get_lost(
    server: Server, http: requests.Session, bucket: storage.Bucket
) -> None:
    for fault in (
        {"path": "uploadType=resumable", "method": "POST", "status": 503},
        {"path": "upload_id=", "method": "PUT", "status": 503, "times": 2},
        {"path": "upload_id=", "method": "PUT", "after": True},
    ):
        http.post(f"{server.url}/_faults", json=fault, timeout=60)
    content = os.urandom(2 * MIB + 5)

    blob = bucket.blob("stubborn", chunk_size=MIB)
    blob.upload_from_file(BytesIO(content), if_generation_match=0)

    assert bucket.blob("stubborn").download_as_bytes() == content


def test_a_fault_after_the_act_leaves_the_object_and_a_fault_before_does_not(
    server: Server, http: requests.Session, bucket: storage.Bucket
) -> None:
    def upload(name: str) -> int:
        url = f"{server.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=media&name={name}"
        return http.post(url, data=b"x", timeout=60).status_code

    for fault in ({"status": 503}, {"status": 503, "after": True}, {}, {"after": True}):
        http.post(f"{server.url}/_faults", json={"path": "media", **fault}, timeout=60)

    assert [upload("before"), upload("after")] == [503, 503]
    for name in ("cut-before", "cut-after"):
        with pytest.raises(requests.ConnectionError):
            upload(name)
    assert {blob.name for blob in bucket.list_blobs()} == {"after", "cut-after"}
    assert upload("no-fault-left") == 200


def test_an_upload_and_a_download_of_any_size_run_in_flat_memory(
    server: Server, http: requests.Session, bucket: storage.Bucket
) -> None:
    size_mib = 256
    boundary = "frontier"

    def resident() -> int:
        group = psutil.Process(server.pid)
        return sum(p.memory_info().rss for p in (group, *group.children(recursive=True)))

    def body():
        yield f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{{}}\r\n".encode()
        yield f"--{boundary}\r\nContent-Type: text/plain\r\n\r\n".encode()
        for number in range(size_mib):
            yield bytes([number % 251]) * MIB
            peaks.append(resident())
        yield f"\r\n--{boundary}--\r\n".encode()

    peaks: list[int] = []
    before = resident()
    url = f"{server.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=multipart&name=huge"
    content_type = f"multipart/related; boundary={boundary}"
    answer = http.post(url, data=body(), headers={"Content-Type": content_type}, timeout=60)
    assert answer.json()["size"] == str(size_mib * MIB)

    with http.get(f"{server.url}/{bucket.name}/huge", stream=True, timeout=60) as download:
        for number, chunk in enumerate(download.iter_content(MIB)):
            assert chunk[0] == number % 251
            peaks.append(resident())
    assert max(peaks) - before < 50 * MIB
