import json

import pytest
from google.api_core.exceptions import ServiceUnavailable

from shared.errors import DataLoss, Transient
from shared.runs.documents import TaskProgress
from shared.runs.folder import (
    CANCEL,
    EXECUTION,
    LAUNCH,
    OUTCOME,
    RunFolder,
    error_name,
    execution_name,
    further_try,
    progress_name,
)
from tests.run_documents import cancel, execution, launch, run_record, task_error
from tests.unit.shared.runs.fake_bucket import FakeBucket


@pytest.fixture
def bucket():
    return FakeBucket()


@pytest.fixture
def folder(bucket):
    return RunFolder(bucket, "run-1")


@pytest.mark.parametrize(
    ("name", "document"),
    [
        (LAUNCH, launch()),
        (further_try(1), launch()),
        (EXECUTION, execution()),
        (execution_name("mlsys-predict-dev-abcde"), execution()),
        (CANCEL, cancel()),
        (OUTCOME, run_record()),
        (error_name(3), task_error()),
    ],
    ids=lambda each: str(each)[:16],
)
def test_what_is_created_is_read_as_the_same_document(folder, bucket, name, document):
    assert folder.read(name) is None
    assert folder.create(name, document) == document
    assert folder.read(name) == document
    assert list(bucket.objects) == [f"run-1/{name}"]


def test_of_two_writers_the_first_wins_and_both_learn_its_document(folder):
    assert folder.create(LAUNCH, launch(nonce="first")).nonce == "first"
    assert folder.create(LAUNCH, launch(nonce="second")).nonce == "first"


def test_a_write_whose_answer_was_lost_finds_itself(folder, bucket):
    bucket.lost_answers = 1
    assert folder.create(LAUNCH, launch(nonce="mine")) == launch(nonce="mine")
    assert len(bucket.objects) == 1


def test_an_object_is_replaced_in_the_generation_that_was_read_only(folder):
    folder.write(LAUNCH, launch(nonce="first"))
    generation, first = folder.read_with_generation(LAUNCH)
    assert first.nonce == "first"
    assert folder.replace(LAUNCH, launch(nonce="second"), generation=generation)
    assert not folder.replace(LAUNCH, launch(nonce="third"), generation=generation)
    assert folder.read(LAUNCH).nonce == "second"


def test_what_does_not_exist_has_generation_zero(folder):
    assert folder.read_with_generation(LAUNCH) == (0, None)
    assert folder.replace(LAUNCH, launch(), generation=0)
    assert not folder.replace(LAUNCH, launch(), generation=0)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"{}", b'{"nonce": 1}'])
def test_an_object_that_is_no_document_is_named_with_what_to_do(folder, bucket, content):
    bucket.blob("run-1/launch.json").upload_from_string(content)
    with pytest.raises(DataLoss, match="delete the object, and start again with another") as caught:
        folder.read(LAUNCH)
    assert caught.value.message.startswith("gs://mlsys-runs-dev/run-1/launch.json is not a readab")
    assert caught.value.subjects == {"uri": "gs://mlsys-runs-dev/run-1/launch.json"}


def test_who_loses_to_an_unreadable_document_learns_of_it(folder, bucket):
    bucket.blob("run-1/launch.json").upload_from_string("{}")
    with pytest.raises(DataLoss):
        folder.create(LAUNCH, launch())


def test_a_service_that_is_away_is_no_missing_document(folder, bucket, monkeypatch):
    def away(_self, *_given, **_options):
        raise ServiceUnavailable("away")

    monkeypatch.setattr(type(bucket.blob("x")), "download_as_bytes", away)
    with pytest.raises(Transient, match="reading gs://mlsys-runs-dev/run-1/launch"):
        folder.read(LAUNCH)


def test_the_progress_of_an_execution_is_that_of_its_tasks(folder):
    for task in range(2):
        progress = TaskProgress(rows=task + 1, of=9)
        folder.write_progress(progress_name("execution-a", task), progress)
    folder.write_progress(progress_name("execution-b", 0), TaskProgress(rows=100, of=9))
    assert folder.progress("execution-a") == [
        TaskProgress(rows=1, of=9),
        TaskProgress(rows=2, of=9),
    ]
    assert folder.progress("execution-c") == []


def test_progress_is_told_by_custom_metadata_alone(folder, bucket):
    folder.write_progress(progress_name("", 0), TaskProgress(rows=1, of=2))
    ((name, (_, content, labels)),) = bucket.objects.items()
    assert name == "run-1/progress/local/00000"
    assert (content, labels) == (b"", {"version": "1", "rows": "1", "of": "2"})


def test_task_errors_come_in_the_order_of_the_tasks(folder):
    for task in (2, 0):
        folder.write(error_name(task), task_error(message=f"task {task}"))
    assert [each.message for each in folder.task_errors()] == ["task 0", "task 2"]


def test_a_document_is_json_for_people_too(folder, bucket):
    folder.create(CANCEL, cancel())
    _, content, _ = bucket.objects["run-1/cancel.json"]
    assert json.loads(content) == {
        "version": 1,
        "execution_id": "mlsys-predict-dev-abcde",
        "caller": "me",
        "at": "2026-01-31T09:00:00.250000Z",
    }
    assert content.startswith(b'{\n  "version": 1')
