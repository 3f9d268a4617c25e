import pytest
import requests
from google.api_core.exceptions import BadRequest, NotFound, PreconditionFailed
from google.cloud import storage

from tests.contract.storage.servers import Server


@pytest.fixture
def source(bucket: storage.Bucket) -> storage.Blob:
    blob = bucket.blob("source")
    blob.metadata = {"owner": "anna"}
    blob.upload_from_string("content", content_type="text/plain")
    return blob


def test_a_copy_has_the_content_and_the_metadata_of_its_source(
    bucket: storage.Bucket, source: storage.Blob, versioned_bucket: storage.Bucket
) -> None:
    copy = bucket.copy_blob(source, versioned_bucket, "copy")

    assert copy.download_as_bytes() == b"content"
    assert (copy.content_type, copy.metadata, copy.md5_hash) == (
        "text/plain",
        {"owner": "anna"},
        source.md5_hash,
    )
    source.delete()
    assert copy.download_as_bytes() == b"content"


def test_a_rewrite_is_done_at_once_and_holds_both_sides_preconditions(
    bucket: storage.Bucket, source: storage.Blob
) -> None:
    target = bucket.blob("target")

    assert target.rewrite(source, if_generation_match=0) == (None, 7, 7)
    with pytest.raises(PreconditionFailed):
        target.rewrite(source, if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        target.rewrite(source, if_source_generation_match=source.generation - 1)
    target.rewrite(source, if_source_generation_match=source.generation)


def test_a_rewrite_onto_itself_is_a_new_generation(
    bucket: storage.Bucket, source: storage.Blob
) -> None:
    before = source.generation
    source.update_storage_class("NEARLINE")

    read = bucket.get_blob("source")
    assert read.generation > before
    assert (read.storage_class, read.download_as_bytes()) == ("NEARLINE", b"content")


def test_an_old_generation_can_be_brought_back(versioned_bucket: storage.Bucket) -> None:
    blob = versioned_bucket.blob("model")
    blob.upload_from_string("good")
    good = blob.generation
    versioned_bucket.blob("model").upload_from_string("bad")

    versioned_bucket.copy_blob(blob, versioned_bucket, "model", source_generation=good)

    assert versioned_bucket.blob("model").download_as_bytes() == b"good"


def test_a_move_leaves_no_source(
    server: Server, http: requests.Session, bucket: storage.Bucket, source: storage.Blob
) -> None:
    path = f"{server.url}/storage/v1/b/{bucket.name}/o/source/moveTo/o/moved%2Fthere"
    answer = http.post(path, timeout=5)

    assert answer.json()["name"] == "moved/there"
    assert [blob.name for blob in bucket.list_blobs()] == ["moved/there"]
    assert http.post(path, timeout=5).status_code == 404
    assert bucket.blob("moved/there").download_as_bytes() == b"content"


def test_a_composed_object_is_its_components_in_order(bucket: storage.Bucket) -> None:
    components = [bucket.blob(name) for name in "abc"]
    for blob in components:
        blob.upload_from_string(blob.name * 3, content_type="text/plain")
    both = bucket.blob("both")
    both.compose(components)
    nested = bucket.blob("nested")
    nested.compose([both, components[0]])

    assert nested.download_as_bytes(checksum="crc32c") == b"aaabbbcccaaa"
    assert (nested.md5_hash, nested.component_count, nested.content_type) == (None, 4, "text/plain")


def test_a_composition_holds_its_preconditions(bucket: storage.Bucket) -> None:
    component = bucket.blob("component")
    component.upload_from_string("x")
    both = bucket.blob("both")
    both.compose([component], if_generation_match=0)

    with pytest.raises(PreconditionFailed):
        both.compose([component], if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        both.compose([component], if_source_generation_match=[1])
    with pytest.raises(NotFound):
        both.compose([bucket.blob("absent")])
    with pytest.raises(BadRequest):
        both.compose([component] * 33)
