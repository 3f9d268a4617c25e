from local.storage.resources import (
    Content,
    linked_object,
    merged,
    new_object,
    patched_object,
    revised_object,
    timestamp,
    updated_object,
)

BORN = 1_700_000_000_123_456
OBJECT = new_object(
    "models",
    "titanic/v1/model.pkl",
    BORN,
    {"contentType": "text/plain", "metadata": {"a": "1"}, "size": "999", "acl": []},
    Content("file", 5, "AAAAAA==", None),
)


def test_a_new_object_takes_from_its_metadata_only_what_is_the_clients_to_choose() -> None:
    assert (OBJECT["size"], OBJECT["generation"], OBJECT["metageneration"]) == (
        "5",
        str(BORN),
        "1",
    )
    assert (OBJECT["contentType"], OBJECT["metadata"]) == ("text/plain", {"a": "1"})
    assert "acl" not in OBJECT
    assert "md5Hash" not in OBJECT


def test_a_generation_is_the_time_of_birth_in_microseconds() -> None:
    assert OBJECT["timeCreated"] == timestamp(BORN) == "2023-11-14T22:13:20.123Z"


def test_a_merge_patch_removes_at_null_and_merges_objects() -> None:
    resource = {"kept": 1, "gone": 2, "nested": {"x": 1, "y": 2}, "items": [1]}
    patch = {"gone": None, "nested": {"y": None, "z": 3}, "items": [2], "new": {"n": None}}

    assert merged(resource, patch) == {
        "kept": 1,
        "nested": {"x": 1, "z": 3},
        "items": [2],
        "new": {},
    }


def test_patch_and_update_leave_the_services_own_fields_alone() -> None:
    change = {"size": "0", "metadata": {"b": "2"}}

    assert patched_object(OBJECT, change) == OBJECT | {"metadata": {"a": "1", "b": "2"}}
    assert updated_object(OBJECT, change) == OBJECT | {"metadata": {"b": "2"}}


def test_a_revision_has_another_etag_and_the_same_generation() -> None:
    revised = revised_object(OBJECT, BORN + 1)

    assert (revised["metageneration"], revised["generation"]) == ("2", str(BORN))
    assert revised["etag"] != OBJECT["etag"]


def test_links_lead_to_the_service_with_the_name_as_one_segment() -> None:
    linked = linked_object(OBJECT, "http://127.0.0.1:9/")

    path = "storage/v1/b/models/o/titanic%2Fv1%2Fmodel.pkl"
    assert linked["selfLink"] == f"http://127.0.0.1:9/{path}"
    assert linked["mediaLink"] == (
        f"http://127.0.0.1:9/download/{path}?generation={BORN}&alt=media"
    )
