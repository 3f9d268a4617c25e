import base64
import hashlib
import os

import google_crc32c
import pytest
import requests
from google.api_core.exceptions import BadRequest, NotFound, NotModified, PreconditionFailed
from google.cloud import storage

from tests.contract.storage.servers import Server

ODD_NAMES = [
    "titanic/v3/model.pkl",
    "with space + plus & ampersand?query=1#fragment",
    "per%20cent %2F %",
    "dots/../../etc/passwd",
    "double//slash/",
    "größe/模型/😀",
    "rewriteTo/b/other-bucket/o/x",
    "quotes\"'`\\\t|",
    "x" * 1024,
]


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def test_an_upload_is_read_back_with_its_metadata_and_checksums(bucket: storage.Bucket) -> None:
    content = os.urandom(100_000)
    blob = bucket.blob("a/model.pkl")
    blob.metadata = {"owner": "anna"}
    blob.cache_control = "no-store"
    blob.upload_from_string(content, content_type="application/x-pickle", checksum="md5")

    read = bucket.get_blob("a/model.pkl")

    assert read.download_as_bytes(checksum="crc32c") == content
    assert (read.size, read.content_type, read.cache_control, read.metadata) == (
        100_000,
        "application/x-pickle",
        "no-store",
        {"owner": "anna"},
    )
    assert read.md5_hash == _base64(hashlib.md5(content, usedforsecurity=False).digest())
    assert read.crc32c == _base64(google_crc32c.Checksum(content).digest())


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_a_name(bucket: storage.Bucket, name: str) -> None:
    blob = bucket.blob(name)
    blob.upload_from_string(name)

    assert [blob.name for blob in bucket.list_blobs()] == [name]
    assert bucket.blob(name).download_as_text() == name
    copy = bucket.copy_blob(blob, bucket, f"{name[:1000]}-copy")
    assert copy.name == f"{name[:1000]}-copy"
    blob.metadata = {"seen": "yes"}
    blob.patch()
    blob.delete()
    copy.delete()
    assert list(bucket.list_blobs()) == []


@pytest.mark.parametrize("name", [".", "..", "two\nlines", "é" * 513])
def test_a_name_that_cloud_storage_forbids_is_refused(
    server: Server, http: requests.Session, bucket: storage.Bucket, name: str
) -> None:
    answer = http.post(
        f"{server.url}/upload/storage/v1/b/{bucket.name}/o",
        params={"uploadType": "media", "name": name},
        data=b"x",
        timeout=5,
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == "invalid"


def test_ranges_are_slices(bucket: storage.Bucket) -> None:
    blob = bucket.blob("letters")
    blob.upload_from_string("abcdefghij")

    assert blob.download_as_bytes(start=2, end=4) == b"cde"
    assert blob.download_as_bytes(start=7) == b"hij"
    assert blob.download_as_bytes(start=-3) == b"hij"
    assert blob.download_as_bytes(start=5, end=1000) == b"fghij"


def test_a_range_behind_the_end_is_416_with_the_size(
    server: Server, http: requests.Session, bucket: storage.Bucket
) -> None:
    bucket.blob("letters").upload_from_string("abc")

    answer = http.get(
        f"{server.url}/{bucket.name}/letters", headers={"Range": "bytes=3-"}, timeout=5
    )

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */3")


def test_an_empty_object_is_read_as_empty(bucket: storage.Bucket) -> None:
    bucket.blob("empty").upload_from_string(b"")

    assert bucket.blob("empty").download_as_bytes() == b""


def test_a_download_names_the_generation_it_read(bucket: storage.Bucket) -> None:
    bucket.blob("model").upload_from_string("one")
    blob = bucket.blob("model")
    blob.download_as_bytes()

    assert blob.generation == bucket.get_blob("model").generation


@pytest.mark.parametrize(
    ("header", "word"), [("crc32c=AAAAAA==", "crc32c"), ("md5=1B2M2Y8AsgTpgAmY7PhCfg==", "md5Hash")]
)
def test_bytes_that_do_not_match_their_checksum_are_refused(
    server: Server, http: requests.Session, bucket: storage.Bucket, header: str, word: str
) -> None:
    answer = http.post(
        f"{server.url}/upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=x",
        data=b"something",
        headers={"X-Goog-Hash": header},
        timeout=5,
    )

    assert answer.status_code == 400
    assert word in answer.json()["error"]["message"]
    assert list(bucket.list_blobs()) == []


def test_of_two_creations_with_generation_zero_the_second_is_412(bucket: storage.Bucket) -> None:
    bucket.blob("plan.json").upload_from_string("first", if_generation_match=0)

    with pytest.raises(PreconditionFailed) as refusal:
        bucket.blob("plan.json").upload_from_string("second", if_generation_match=0)

    assert refusal.value.response.json()["error"]["errors"][0]["reason"] == "conditionNotMet"
    assert bucket.blob("plan.json").download_as_bytes() == b"first"


def test_writes_and_deletes_hold_their_preconditions(bucket: storage.Bucket) -> None:
    blob = bucket.blob("model")
    blob.upload_from_string("one")
    stale = blob.generation - 1

    with pytest.raises(PreconditionFailed):
        bucket.blob("model").upload_from_string("two", if_generation_match=stale)
    with pytest.raises(PreconditionFailed):
        blob.delete(if_generation_match=stale)
    with pytest.raises(PreconditionFailed):
        blob.patch(if_metageneration_match=7)
    with pytest.raises(PreconditionFailed):
        bucket.blob("absent").upload_from_string("x", if_generation_not_match=0)
    bucket.blob("model").upload_from_string("two", if_generation_match=blob.generation)
    assert bucket.blob("model").download_as_bytes() == b"two"


def test_a_reader_that_has_this_version_is_told_304(bucket: storage.Bucket) -> None:
    blob = bucket.blob("model")
    blob.upload_from_string("one")

    with pytest.raises(NotModified):
        blob.reload(if_generation_not_match=blob.generation)
    with pytest.raises(NotModified):
        blob.download_as_bytes(if_generation_not_match=blob.generation)
    with pytest.raises(PreconditionFailed):
        blob.download_as_bytes(if_generation_match=1)


def test_an_overwritten_generation_stays_readable_in_a_versioned_bucket(
    versioned_bucket: storage.Bucket,
) -> None:
    blob = versioned_bucket.blob("model")
    blob.upload_from_string("one")
    first = blob.generation
    versioned_bucket.blob("model").upload_from_string("two")

    assert versioned_bucket.blob("model", generation=first).download_as_bytes() == b"one"
    assert versioned_bucket.blob("model").download_as_bytes() == b"two"
    noncurrent, live = versioned_bucket.list_blobs(versions=True)
    assert noncurrent.generation == first < live.generation
    assert noncurrent.time_deleted
    assert live.time_deleted is None


def test_an_overwritten_generation_is_gone_from_an_unversioned_bucket(
    bucket: storage.Bucket,
) -> None:
    blob = bucket.blob("model")
    blob.upload_from_string("one")
    first = blob.generation
    bucket.blob("model").upload_from_string("two")

    with pytest.raises(NotFound):
        bucket.blob("model", generation=first).download_as_bytes()


def test_delete_in_a_versioned_bucket_is_for_good_only_with_a_generation(
    versioned_bucket: storage.Bucket,
) -> None:
    blob = versioned_bucket.blob("model")
    blob.upload_from_string("one")
    generation = blob.generation

    versioned_bucket.delete_blob("model")
    assert not versioned_bucket.blob("model").exists()
    assert versioned_bucket.blob("model", generation=generation).download_as_bytes() == b"one"

    versioned_bucket.delete_blob("model", generation=generation)
    assert list(versioned_bucket.list_blobs(versions=True)) == []


def test_a_patch_changes_what_it_names_and_raises_the_metageneration(
    bucket: storage.Bucket,
) -> None:
    blob = bucket.blob("model")
    blob.metadata = {"kept": "1", "dropped": "2"}
    blob.upload_from_string("one", content_type="text/plain")
    generation = blob.generation

    blob.metadata = {"dropped": None, "added": "3"}
    blob.patch()

    read = bucket.get_blob("model")
    assert read.metadata == {"kept": "1", "added": "3"}
    assert (read.content_type, read.generation, read.metageneration) == (
        "text/plain",
        generation,
        2,
    )


def test_an_update_replaces_all_metadata(bucket: storage.Bucket) -> None:
    blob = bucket.blob("model")
    blob.metadata = {"old": "1"}
    blob.cache_control = "no-store"
    blob.upload_from_string("one")

    blob.metadata = {"new": "2"}
    blob.cache_control = None
    blob.update()

    read = bucket.get_blob("model")
    assert (read.metadata, read.cache_control) == ({"new": "2"}, None)


def test_what_does_not_exist_is_404_with_a_sentence(bucket: storage.Bucket) -> None:
    with pytest.raises(NotFound, match=f"No such object: {bucket.name}/absent"):
        bucket.blob("absent").reload()
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        bucket.client.bucket("no-such-bucket").blob("absent").reload()
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        bucket.client.bucket("no-such-bucket").blob("new").upload_from_string("x")


def test_nonsense_is_400(server: Server, http: requests.Session, bucket: storage.Bucket) -> None:
    objects = f"{server.url}/storage/v1/b/{bucket.name}/o"
    uploads = f"{server.url}/upload/storage/v1/b/{bucket.name}/o"

    answers = [
        http.post(f"{uploads}?uploadType=unheard-of&name=x", timeout=5),
        http.post(f"{uploads}?uploadType=media", data=b"nameless", timeout=5),
        http.post(f"{uploads}?uploadType=multipart&name=x", data=b"--", timeout=5),
        http.patch(f"{objects}/x", data=b"[1]", timeout=5),
        http.patch(f"{objects}/x", data=b"{", timeout=5),
        http.get(f"{objects}/x?generation=latest", timeout=5),
        http.get(f"{objects}?pageToken=nonsense", timeout=5),
    ]

    assert [answer.status_code for answer in answers] == [400] * len(answers)
    with pytest.raises(BadRequest):
        list(bucket.list_blobs(max_results=5, match_glob="[z-a]"))
