from types import SimpleNamespace

import pytest

from jobs.prediction import commit as module
from jobs.prediction.commit import commit
from shared.runs.documents import RunRecord
from shared.runs.folder import LAUNCH, OUTCOME, RunFolder
from tests.run_documents import launch, run_record
from tests.unit.shared.runs.fake_bucket import FakeBucket


@pytest.fixture
def committed(monkeypatch):
    """Commit a run whose load job is done; the folder and what was recorded."""
    recorded = []
    monkeypatch.setattr(
        module, "load_shards", lambda *_: SimpleNamespace(job=None, size_bytes=1, profile=None)
    )
    monkeypatch.setattr(module, "_outcome", lambda *_: run_record(caller=None))
    monkeypatch.setattr(module, "insert_run_record", lambda record, _: recorded.append(record))
    folder = RunFolder(FakeBucket(), "run-1")

    def run() -> RunRecord:
        return commit(None, folder, None)

    return folder, run, recorded


def test_the_caller_of_the_launch_is_recorded(committed):
    folder, run, recorded = committed
    folder.write(LAUNCH, launch(caller="a-pipeline"))
    assert run().caller == "a-pipeline"
    assert folder.read(OUTCOME) == recorded[0]


@pytest.mark.parametrize("content", ["{}", '{"version": 99}', "not JSON"])
def test_a_launch_document_that_cannot_be_read_costs_only_the_caller(committed, content):
    folder, run, recorded = committed
    folder.blob("launch.json").upload_from_string(content)
    assert run().caller is None
    assert folder.read(OUTCOME) == recorded[0]
