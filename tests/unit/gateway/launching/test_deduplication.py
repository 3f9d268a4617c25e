from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from google.api_core.exceptions import NotFound, PreconditionFailed, ServiceUnavailable

from gateway.launching.deduplication import deduplicated_run_id
from shared.errors import Transient

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class FakeBlob:
    """An object of Cloud Storage in a bucket of its own."""

    def __init__(self, bucket, name):
        self.bucket, self.name, self.generation = bucket, name, None

    def download_as_bytes(self):
        if self.name not in self.bucket.objects:
            raise NotFound(self.name)
        self.generation, content = self.bucket.objects[self.name]
        return content

    def upload_from_string(self, text, *, content_type, if_generation_match):
        assert content_type == "application/json"
        self.bucket.before_upload()
        generation, _ = self.bucket.objects.get(self.name, (0, None))
        if generation != if_generation_match:
            raise PreconditionFailed(self.name)
        self.bucket.objects[self.name] = (generation + 1, text.encode())


class FakeBucket:
    def __init__(self):
        self.objects = {}
        self.before_upload = lambda: None

    def blob(self, name):
        return FakeBlob(self, name)


@pytest.fixture
def bucket():
    return FakeBucket()


@pytest.fixture
def run_id(bucket):
    """The run id of a request that proposes one, some seconds after the first."""

    def ask(proposal, seconds=0, *, name="key", window_seconds=60):
        return deduplicated_run_id(
            SimpleNamespace(blob=bucket.blob),
            name,
            proposal,
            now=NOW + timedelta(seconds=seconds),
            window_seconds=window_seconds,
        )

    return ask


def test_within_the_window_every_request_gets_the_first_run_id(run_id):
    assert [run_id("a"), run_id("b", 1), run_id("c", 60)] == ["a", "a", "a"]


def test_after_the_window_a_request_gets_a_new_run_id_that_starts_another_window(run_id):
    assert [run_id("a"), run_id("b", 61), run_id("c", 121)] == ["a", "b", "b"]


def test_a_clock_behind_that_of_the_first_request_is_in_the_window_too(run_id):
    assert [run_id("a", 30), run_id("b", 0), run_id("c", -31)] == ["a", "a", "c"]


def test_other_requests_do_not_share(run_id):
    assert [run_id("a"), run_id("b", name="other")] == ["a", "b"]


def test_without_a_window_nothing_is_read_or_written(bucket, run_id):
    assert [run_id("a", window_seconds=0), run_id("b", window_seconds=0)] == ["a", "b"]
    assert bucket.objects == {}


@pytest.mark.parametrize("seconds", [0, 61], ids=["first", "after the window"])
def test_of_two_requests_at_once_the_later_writer_gets_the_earlier_one_s_run_id(
    bucket, run_id, seconds
):
    run_id("old", -1)

    def other_writes_first():
        bucket.before_upload = lambda: None
        run_id("other", seconds)

    bucket.before_upload = other_writes_first
    expected = "old" if seconds == 0 else "other"
    assert run_id("mine", seconds) == expected


def test_a_write_that_was_repeated_after_a_lost_response_finds_itself(bucket, run_id):
    def written_before():
        bucket.before_upload = lambda: None
        run_id("mine")

    bucket.before_upload = written_before
    assert run_id("mine") == "mine"


def test_an_unavailable_cloud_storage_is_transient(bucket, run_id):
    def unavailable():
        raise ServiceUnavailable("try later")

    bucket.before_upload = unavailable
    with pytest.raises(Transient, match="looking for a duplicate"):
        run_id("a")
