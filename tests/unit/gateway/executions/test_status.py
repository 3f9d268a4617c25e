from datetime import UTC, datetime

import pytest
from google.cloud import run_v2

from gateway.executions.status import (
    State,
    current_status,
    log_link,
    progress_of,
    recorded_status,
    state_of,
    tasks_of,
)
from shared.runs.documents import TaskProgress
from shared.runs.folder import CANCEL, LAUNCH, OUTCOME, RunFolder, error_name, progress_name
from tests.run_documents import cancel, launch, run_record, task_error
from tests.unit.shared.runs.fake_bucket import FakeBucket

JOB = "projects/p/locations/l/jobs/mlsys-predict-dev"
TIME = datetime(2026, 1, 1, tzinfo=UTC)
EXECUTION = "mlsys-predict-dev-a"
RECORD = run_record(rows=7, output_table="p.d.t", caller="ada@example.com")


def folder_of(**documents):
    """A run's folder in memory: `outcome`, `launch`, `cancel`, and lists of errors and progress."""
    folder = RunFolder(FakeBucket(), "monday")
    for name, key in (("outcome", OUTCOME), ("launch", LAUNCH), ("cancel", CANCEL)):
        if name in documents:
            folder.write(key, documents[name])
    for task, error in enumerate(documents.get("errors", ())):
        folder.write(error_name(task), error)
    for task, progress in enumerate(documents.get("progress", ())):
        folder.write_progress(progress_name(EXECUTION, task), progress)
    return folder


def execution(*arguments, **changes):
    return run_v2.Execution(
        {
            "name": f"{JOB}/executions/mlsys-predict-dev-a",
            "job": JOB,
            "create_time": TIME,
            "log_uri": "https://log",
            "task_count": 2,
            "template": {"containers": [{"args": ["--run_id=monday", *arguments]}]},
        }
        | changes
    )


def error(execution_id, message):
    return task_error(execution=execution_id, message=message)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.QUEUED),
        ({"start_time": TIME}, State.RUNNING),
        ({"completion_time": TIME, "succeeded_count": 2}, State.SUCCEEDED),
        ({"completion_time": TIME, "succeeded_count": 1, "failed_count": 1}, State.FAILED),
        ({"completion_time": TIME, "cancelled_count": 2}, State.CANCELLED),
        ({"completion_time": TIME, "succeeded_count": 1, "cancelled_count": 1}, State.CANCELLED),
    ],
)
def test_the_state_follows_from_times_and_task_counts(changes, state):
    assert state_of(execution(**changes)) is state
    assert state.is_final == ("completion_time" in changes)


def test_the_status_of_a_run_that_succeeded_has_its_outcome():
    done = execution(completion_time=TIME, succeeded_count=2, retried_count=1)
    folder = folder_of(outcome=RECORD, launch=launch(caller="ada@example.com"))
    status = current_status(done, folder)
    assert (status["state"], status["rows"], status["output_table"]) == ("SUCCEEDED", 7, "p.d.t")
    assert (status["run_id"], status["caller"]) == ("monday", "ada@example.com")
    assert (status["attempts"], status["error"]) == (3, None)
    assert status["completed_at"] == "2026-01-01T00:00:00+00:00"


def test_the_status_of_a_run_that_is_running_has_its_progress_and_no_outcome():
    running = execution("--output_table=d.t", start_time=TIME, running_count=2)
    tasks = [TaskProgress(rows=10, of=100), TaskProgress(rows=5, of=90), TaskProgress()]
    folder = folder_of(outcome=RECORD, progress=tasks)
    status = current_status(running, folder)
    assert status["progress"] == {"rows_scored": 15, "rows_estimated": 100}
    assert (status["outcome"], status["output_table"]) == (None, "d.t")


def test_a_run_that_has_recorded_nothing_has_no_progress():
    assert progress_of(folder_of(), "x") == {"rows_scored": 0, "rows_estimated": 0}


@pytest.mark.parametrize(
    ("errors", "conditions", "expected"),
    [
        ([error(EXECUTION, "first"), error(EXECUTION, "second")], [], "first"),
        (
            [error("mlsys-predict-dev-earlier", "an earlier attempt")],
            [{"type_": "Completed", "message": "Memory limit exceeded."}],
            "Memory limit exceeded.",
        ),
        ([], [{"type_": "Started", "message": "no"}], "the job ended without an error message"),
    ],
)
def test_the_error_is_the_task_s_own_else_cloud_run_s(errors, conditions, expected):
    failed = execution(completion_time=TIME, failed_count=1, conditions=conditions)
    assert current_status(failed, folder_of(errors=errors))["error"].startswith(expected)


@pytest.mark.parametrize(
    ("documents", "outcome", "state"),
    [
        ({}, RECORD, State.SUCCEEDED),
        ({"cancel": cancel(execution_id=EXECUTION)}, None, State.CANCELLED),
        ({"cancel": cancel(execution_id="another-execution")}, None, State.FAILED),
        ({}, None, State.FAILED),
    ],
)
def test_the_state_of_a_deleted_execution_follows_from_its_run_s_records(documents, outcome, state):
    folder = folder_of(**documents)
    status = recorded_status(EXECUTION, folder, None, outcome, "https://log")
    assert (status["state"], status["job"]) == (state, "mlsys-predict-dev")
    assert (status["error"] is None) == (state is not State.FAILED)
    assert status["caller"] == (outcome.caller if outcome else None)


def test_both_kinds_of_status_have_the_same_keys():
    recorded = recorded_status(EXECUTION, folder_of(), None, RECORD, "https://log")
    assert recorded.keys() == current_status(execution(), folder_of()).keys()


def test_the_tasks_of_an_execution_are_counted_by_state():
    counts = tasks_of(execution(succeeded_count=1, running_count=1))
    assert counts == {
        "total": 2,
        "running": 1,
        "succeeded": 1,
        "failed": 0,
        "cancelled": 0,
        "retried": 0,
    }


def test_the_link_to_a_log_quotes_its_query():
    link = log_link("my-project", "mlsys-predict-dev-a")
    assert link.endswith("?project=my-project")
    assert " " not in link
    assert '"' not in link
