from datetime import timedelta

import pytest

from gateway.launching.deduplication import deduplicated_run_id
from shared.errors import DataLoss
from shared.runs.documents import DeduplicationDocument
from shared.runs.folder import DEDUPLICATION, RunFolder, deduplication_name
from tests.run_documents import MOMENT
from tests.unit.shared.runs.fake_bucket import FakeBucket

WINDOW = 60


@pytest.fixture
def bucket():
    return FakeBucket()


@pytest.fixture
def run_id(bucket):
    """The run id of a request that arrives so many seconds after the first."""

    def find(proposal, seconds=0, window_seconds=WINDOW):
        folder = RunFolder(bucket, DEDUPLICATION)
        now = MOMENT + timedelta(seconds=seconds)
        return deduplicated_run_id(folder, "key", proposal, now=now, window_seconds=window_seconds)

    return find


def test_duplicates_within_the_window_share_the_first_run_id(run_id):
    found = [run_id("run-a"), run_id("run-b", seconds=1), run_id("run-c", seconds=WINDOW)]
    assert found == ["run-a"] * 3


@pytest.mark.parametrize("seconds", [WINDOW + 1, -WINDOW - 1])
def test_a_request_outside_of_the_window_begins_another(run_id, seconds):
    assert run_id("run-a") == "run-a"
    assert run_id("run-b", seconds=seconds) == "run-b"
    assert run_id("run-c", seconds=seconds) == "run-b"


def test_without_a_window_nothing_is_a_duplicate(run_id, bucket):
    assert run_id("run-a", window_seconds=0) == "run-a"
    assert run_id("run-b", window_seconds=0) == "run-b"
    assert bucket.objects == {}


def test_a_write_whose_answer_was_lost_finds_its_own_run_id(run_id, bucket):
    bucket.lost_answers = 1
    assert run_id("run-a") == "run-a"
    assert run_id("run-b") == "run-a"


def test_of_two_requests_at_once_the_one_that_writes_first_wins(run_id, bucket, monkeypatch):
    read = RunFolder.read_with_generation

    def read_and_lose(folder, name):
        found = read(folder, name)
        if not found[0]:
            folder.write(
                deduplication_name("key"), DeduplicationDocument(run_id="run-b", at=MOMENT)
            )
        return found

    monkeypatch.setattr(RunFolder, "read_with_generation", read_and_lose)
    assert run_id("run-a") == "run-b"


def test_a_damaged_document_is_named(run_id, bucket):
    bucket.blob("_deduplication/key.json").upload_from_string('{"run_id": "run-a"}')
    with pytest.raises(DataLoss, match=r"gs://mlsys-runs-dev/_deduplication/key\.json"):
        run_id("run-b")
