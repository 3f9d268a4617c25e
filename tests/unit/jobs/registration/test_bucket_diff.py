from dataclasses import replace
from datetime import UTC, datetime

from jobs.registration.bucket_diff import bucket_diff
from jobs.registration.object_changes import Change
from shared.registry.events import EventType, Generation
from shared.registry.model_version import Artifact

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def listed(name, generation=1, metageneration=1):
    artifact = Artifact("bucket", name, generation, metageneration, 0, "", NOW)
    return Change(EventType.SEEN, NOW, artifact)


def logged(name, generation=1, metageneration=1):
    return Generation(name, generation, metageneration, None, None)


def names(changes):
    return [each.artifact.name for each in changes]


def test_a_generation_that_the_log_lacks_is_new():
    diff = bucket_diff([logged("a", 1)], [listed("a", 2)])
    assert diff.new == [listed("a", 2)]
    assert diff.gone == [logged("a", 1)]


def test_a_higher_metageneration_is_an_update_and_a_lower_one_is_not():
    diff = bucket_diff(
        [logged("a", metageneration=1), logged("b", metageneration=3)],
        [listed("a", metageneration=2), listed("b", metageneration=2)],
    )
    assert diff.updated == [replace(listed("a", metageneration=2), type=EventType.METADATA_UPDATED)]
    assert names(diff.unchanged) == ["b"]


def test_generations_that_are_gone_are_sorted_by_name_and_number():
    diff = bucket_diff([logged("b"), logged("a", 10), logged("a", 9)], [])
    assert diff.gone == [logged("a", 9), logged("a", 10), logged("b")]


def test_reinspection_takes_logged_objects_out_of_the_other_lists():
    diff = bucket_diff(
        [logged("kept"), logged("same"), logged("updated"), logged("gone")],
        [listed("kept"), listed("same"), listed("updated", metageneration=2), listed("new")],
    ).with_reinspection({"same", "updated", "new", "gone"})
    assert names(diff.to_reinspect) == ["same", "updated"]
    assert {each.type for each in diff.to_reinspect} == {EventType.INSPECTED}
    assert (names(diff.unchanged), diff.updated, names(diff.new)) == (["kept"], [], ["new"])
    assert [each.name for each in diff.gone] == ["gone"]


def test_the_listed_names_are_the_same_after_reinspection():
    diff = bucket_diff([logged("a"), logged("gone")], [listed("a"), listed("b")])
    assert diff.listed == diff.with_reinspection({"a"}).listed == {"a", "b"}
