import pytest
from google.cloud import storage

NAMES = ["a", "a/1", "a/2", "a/b/3", "b", "b/4", "ß", "😀/5"]


@pytest.fixture
def filled(bucket: storage.Bucket) -> storage.Bucket:
    for name in NAMES:
        bucket.blob(name).upload_from_string(name)
    return bucket


def _names(bucket: storage.Bucket, **query: object) -> list[str]:
    return [blob.name for blob in bucket.list_blobs(**query)]


def test_names_come_in_the_order_of_utf_8(filled: storage.Bucket) -> None:
    assert _names(filled) == sorted(NAMES, key=str.encode)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_of_any_size_list_everything_once(filled: storage.Bucket, size: int) -> None:
    assert _names(filled, page_size=size) == NAMES
    listing = filled.list_blobs(delimiter="/", page_size=size)
    assert [blob.name for blob in listing] == ["a", "b", "ß"]
    assert listing.prefixes == {"a/", "b/", "😀/"}


def test_a_prefix_and_a_delimiter_walk_like_folders(filled: storage.Bucket) -> None:
    listing = filled.list_blobs(prefix="a/", delimiter="/")

    assert [blob.name for blob in listing] == ["a/1", "a/2"]
    assert listing.prefixes == {"a/b/"}


def test_offsets_cut_the_list(filled: storage.Bucket) -> None:
    assert _names(filled, start_offset="a/2", end_offset="b/4") == ["a/2", "a/b/3", "b"]
    assert _names(filled, prefix="a/", start_offset="a/2") == ["a/2", "a/b/3"]
    assert _names(filled, max_results=2) == ["a", "a/1"]


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("*", ["a", "b", "ß"]),
        ("a/*", ["a/1", "a/2"]),
        ("**/3", ["a/b/3"]),
        ("a/**", ["a/1", "a/2", "a/b/3"]),
        ("{a,b}/?", ["a/1", "a/2", "b/4"]),
        ("?/[!2-9]", ["a/1"]),
    ],
)
def test_a_glob_matches_as_documented(filled: storage.Bucket, glob: str, names: list[str]) -> None:
    assert _names(filled, match_glob=glob) == names


def test_noncurrent_generations_are_listed_on_demand(versioned_bucket: storage.Bucket) -> None:
    for content in ("one", "two", "three"):
        versioned_bucket.blob("model").upload_from_string(content)
    versioned_bucket.delete_blob("model")
    versioned_bucket.blob("other").upload_from_string("x")

    assert _names(versioned_bucket) == ["other"]
    assert _names(versioned_bucket, versions=True, page_size=2) == [*["model"] * 3, "other"]
