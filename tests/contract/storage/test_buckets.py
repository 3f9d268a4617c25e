import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound, PreconditionFailed
from google.cloud import storage


def test_a_bucket_keeps_its_settings_as_given(client: storage.Client) -> None:
    bucket = client.bucket("settings-kept")
    bucket.versioning_enabled = True
    bucket.labels = {"team": "ml"}
    bucket.add_lifecycle_delete_rule(age=30)
    client.create_bucket(bucket, location="europe-west3")

    read = client.get_bucket("settings-kept")

    assert (read.location, read.location_type) == ("EUROPE-WEST3", "region")
    assert (read.versioning_enabled, read.labels) == (True, {"team": "ml"})
    assert [rule["action"]["type"] for rule in read.lifecycle_rules] == ["Delete"]
    assert "settings-kept" in [found.name for found in client.list_buckets(prefix="settings")]


def test_a_patch_changes_one_setting(bucket: storage.Bucket) -> None:
    bucket.versioning_enabled = True
    bucket.patch()
    bucket.labels = {"team": "ml"}
    bucket.patch(if_metageneration_match=2)

    assert (bucket.versioning_enabled, bucket.labels, bucket.metageneration) == (
        True,
        {"team": "ml"},
        3,
    )
    with pytest.raises(PreconditionFailed):
        bucket.patch(if_metageneration_match=1)


def test_a_bucket_exists_once(client: storage.Client, bucket: storage.Bucket) -> None:
    with pytest.raises(Conflict):
        client.create_bucket(bucket.name)


def test_a_bucket_goes_only_when_it_is_empty_of_noncurrent_objects_too(
    versioned_bucket: storage.Bucket,
) -> None:
    versioned_bucket.blob("model").upload_from_string("x")
    versioned_bucket.delete_blob("model")

    with pytest.raises(Conflict, match="not empty"):
        versioned_bucket.delete()
    for blob in versioned_bucket.list_blobs(versions=True):
        blob.delete()
    versioned_bucket.delete()
    with pytest.raises(NotFound):
        versioned_bucket.reload()


@pytest.mark.parametrize("name", ["UPPER", "ab", "a/b"])
def test_a_bucket_name_follows_the_rules(client: storage.Client, name: str) -> None:
    with pytest.raises(BadRequest, match="Invalid bucket name"):
        client.create_bucket(name)
