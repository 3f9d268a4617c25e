import pytest

from shared.errors import Conflict, NotFound
from shared.gcs import gcs_get, gcs_list_blobs, gcs_put


@pytest.mark.parametrize(
    ("content", "written", "kind"),
    [("größer", "größer".encode(), "text/plain"), (b"\0", b"\0", "application/octet-stream")],
)
def test_an_object_is_written_and_read(new_object, content, written, kind):
    bucket, name = new_object
    gcs_put(bucket, name, content)
    assert gcs_get(bucket, name) == written
    (blob,) = gcs_list_blobs(bucket, prefix=name)
    assert (blob.name, blob.content_type) == (name, kind)


def test_a_content_type_can_be_given(new_object):
    bucket, name = new_object
    gcs_put(bucket, name, "{}", content_type="application/json")
    assert gcs_list_blobs(bucket, prefix=name)[0].content_type == "application/json"


def test_an_object_is_written_only_over_the_generation_that_is_expected(new_object):
    bucket, name = new_object
    first = gcs_put(bucket, name, "1", if_generation_match=0)
    with pytest.raises(Conflict, match="only if nothing stood there"):
        gcs_put(bucket, name, "2", if_generation_match=0)
    gcs_put(bucket, name, "3", if_generation_match=first)
    with pytest.raises(Conflict, match=f"only if generation {first} stood there"):
        gcs_put(bucket, name, "4", if_generation_match=first)
    assert gcs_get(bucket, name) == b"3"


def test_what_does_not_exist_is_named(new_object):
    bucket, name = new_object
    with pytest.raises(NotFound, match=f"gs://{bucket}/{name} does not exist"):
        gcs_get(bucket, name)
    with pytest.raises(NotFound, match="no-such-bucket"):
        gcs_list_blobs("no-such-bucket")
