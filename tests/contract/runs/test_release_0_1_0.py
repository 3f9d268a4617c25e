"""Documents as release 0.1.0 wrote them are read, and its readers find what they need in ours.

The files in release_0_1_0/ are objects of a local cloud that ran that release.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.prediction.plan import Plan
from shared.registry.model_version import ModelVersion, Status
from shared.runs.documents import (
    CancelDocument,
    DeduplicationDocument,
    ExecutionDocument,
    LaunchDocument,
    RunRecord,
    TaskErrorDocument,
    TaskProgress,
)
from shared.tables.table import TableId

FOLDER = Path(__file__).parent / "release_0_1_0"
DOCUMENTS = {
    "launch.json": LaunchDocument,
    "launches/0001.json": LaunchDocument,
    "execution.json": ExecutionDocument,
    "_executions.json": ExecutionDocument,
    "cancel.json": CancelDocument,
    "deduplication.json": DeduplicationDocument,
    "errors/00000.json": TaskErrorDocument,
    "outcome.json": RunRecord,
    "plan.json": Plan,
}
RUN_ID = "run-5233f6df380c451eb5c1ecbae399b953"
EXECUTION_ID = "mlsys-predict-dev-0hcmk"
JOB = "projects/my-project/locations/europe-west1/jobs/mlsys-predict-dev"
ARGUMENTS = (
    "--env=dev",
    "--input_table=titanic.passengers",
    "--output_table=titanic.predictions",
    "--model_name=titanic-survival",
    "--model_version=v1",
    "--row_filter=Pclass < 3",
    f"--run_id={RUN_ID}",
)
LAUNCHED_AT = datetime(2026, 11, 28, 15, 14, 29, 634_705, tzinfo=UTC)
PLANNED_AT = datetime(2026, 11, 28, 15, 14, 35, 818_519, tzinfo=UTC)


def content(name):
    return json.loads((FOLDER / name).read_text())


def read(name):
    return DOCUMENTS[name].from_json(content(name), uri=name)


def contains(ours, theirs):
    """Whether ours has all that theirs has; times may be written otherwise."""
    if isinstance(theirs, dict):
        return all(name in ours and contains(ours[name], theirs[name]) for name in theirs)
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(contains, ours, theirs))
    if isinstance(theirs, str) and theirs.endswith("+00:00"):
        return datetime.fromisoformat(ours) == datetime.fromisoformat(theirs)
    return ours == theirs


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_reader_of_that_release_finds_every_key_and_value_in_what_this_one_writes(name):
    assert contains(json.loads(json.dumps(read(name).to_json())), content(name))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_that_release_wrote_no_version(name):
    assert "version" not in content(name)


def test_every_file_is_tested():
    others = {"progress.json", "prediction_runs.json"}
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json")}
    assert files == DOCUMENTS.keys() | others


@pytest.mark.parametrize("name", ["launch.json", "launches/0001.json"])
def test_a_launch(name):
    assert read(name) == LaunchDocument(
        nonce=RUN_ID.removeprefix("run-"),
        at=LAUNCHED_AT,
        job=JOB,
        arguments=ARGUMENTS,
        tasks=2,
        caller="anonymous",
    )


@pytest.mark.parametrize("name", ["execution.json", "_executions.json"])
def test_an_execution(name):
    assert read(name) == ExecutionDocument(
        execution_id=EXECUTION_ID,
        run_id=RUN_ID,
        job=JOB,
        arguments=ARGUMENTS,
        tasks=2,
        caller="anonymous",
    )


def test_a_cancellation():
    assert read("cancel.json") == CancelDocument(
        execution_id="mlsys-predict-dev-ph482",
        caller="anonymous",
        at=datetime(2026, 11, 28, 15, 14, 45, 240_469, tzinfo=UTC),
    )


def test_a_deduplication():
    assert read("deduplication.json") == DeduplicationDocument(run_id=RUN_ID, at=LAUNCHED_AT)


def test_a_task_s_error():
    assert read("errors/00000.json") == TaskErrorDocument(
        at=datetime(2026, 11, 28, 15, 14, 45, 481_440, tzinfo=UTC),
        execution="mlsys-predict-dev-kergv",
        permanent=True,
        code="TABLE_NOT_FOUND",
        message="the input table my-project.titanic.missing does not exist: create it, or correct "
        "input_table",
    )


def test_a_task_s_progress():
    labels = content("progress.json")
    assert TaskProgress.from_labels(labels, uri="progress") == TaskProgress(rows=151, of=151)


def test_an_outcome():
    outcome = read("outcome.json")
    assert (outcome.run_id, outcome.execution_id) == (RUN_ID, EXECUTION_ID)
    assert (outcome.rows, outcome.seconds, outcome.caller) == (151, 7.328481, "anonymous")
    assert (outcome.snapshot_time, outcome.started_at) == (PLANNED_AT, PLANNED_AT)
    assert outcome.model_generation == 1_795_878_865_665_727
    assert outcome.input_profile["features"]["Sex"]["values"] == {"male": 81, "female": 70}
    assert outcome.drift["drifted"] == ["Age", "Fare", "Pclass"]


def test_the_row_of_the_same_run_is_the_same_record():
    (row,) = content("prediction_runs.json")
    assert RunRecord.from_row(row, uri="prediction_runs") == read("outcome.json")


def test_a_plan():
    plan = read("plan.json")
    assert (plan.run_id, plan.planned_at, plan.snapshot_time) == (RUN_ID, PLANNED_AT, PLANNED_AT)
    assert plan.source == TableId("my-project", "titanic", "passengers")
    assert plan.sink == TableId("my-project", "titanic", "predictions")
    assert plan.request["row_filter"] == "Pclass < 3"
    assert plan.model.version == ModelVersion("titanic-survival", "v1")
    assert (plan.model.status, plan.model.findings) == (Status.APPROVED, ())
    assert plan.model.generation == read("outcome.json").model_generation
    assert plan.model.metadata["baseline"]["rows"] == 1309
    assert plan.session.table == plan.source
    assert (plan.session.rows, plan.shards) == (151, 1)
    assert plan.session.expires_at > plan.planned_at
