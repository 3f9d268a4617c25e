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

JOB = "projects/p/locations/l/jobs/mlsys-predict-dev"
TIME = datetime(2026, 1, 1, tzinfo=UTC)
OUTCOME = {
    "rows": 7,
    "output_table": "p.d.t",
    "started_at": "2026-01-01T00:00:00+00:00",
    "finished_at": "2026-01-01T00:01:00+00:00",
    "caller": "ada@example.com",
}


class FakeFolder:
    """A run's folder with some documents, and the labels of some objects."""

    def __init__(self, documents=None, labels=()):
        self.run_id = "monday"
        self.documents = documents or {}
        self._labels = labels

    def read(self, name):
        return self.documents.get(name)

    def blobs(self, prefix):
        return {name: None for name in self.documents if name.startswith(prefix)}

    def labels(self, prefix):
        return list(self._labels) if prefix == "progress/mlsys-predict-dev-a/" else []


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


def error(task, execution_id, message):
    return {f"errors/{task:05}.json": {"execution": execution_id, "message": message}}


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
    folder = FakeFolder({"outcome.json": OUTCOME, "launch.json": {"caller": "ada@example.com"}})
    status = current_status(done, folder)
    assert (status["state"], status["rows"], status["output_table"]) == ("SUCCEEDED", 7, "p.d.t")
    assert (status["run_id"], status["caller"]) == ("monday", "ada@example.com")
    assert (status["attempts"], status["error"]) == (3, None)
    assert status["completed_at"] == "2026-01-01T00:00:00+00:00"


def test_the_status_of_a_run_that_is_running_has_its_progress_and_no_outcome():
    running = execution("--output_table=d.t", start_time=TIME, running_count=2)
    labels = [{"rows": "10", "of": "100"}, {"rows": "5", "of": "90"}, {}]
    folder = FakeFolder({"outcome.json": OUTCOME}, labels)
    status = current_status(running, folder)
    assert status["progress"] == {"rows_scored": 15, "rows_estimated": 100}
    assert (status["outcome"], status["output_table"]) == (None, "d.t")


def test_a_run_that_has_recorded_nothing_has_no_progress():
    assert progress_of(FakeFolder(), "x") == {"rows_scored": 0, "rows_estimated": 0}


@pytest.mark.parametrize(
    ("documents", "conditions", "expected"),
    [
        (
            error(1, "mlsys-predict-dev-a", "second") | error(0, "mlsys-predict-dev-a", "first"),
            [],
            "first",
        ),
        (
            error(0, "mlsys-predict-dev-earlier", "an earlier attempt"),
            [{"type_": "Completed", "message": "Memory limit exceeded."}],
            "Memory limit exceeded.",
        ),
        ({}, [{"type_": "Started", "message": "no"}], "the job ended without an error message"),
    ],
)
def test_the_error_is_the_task_s_own_else_cloud_run_s(documents, conditions, expected):
    failed = execution(completion_time=TIME, failed_count=1, conditions=conditions)
    assert current_status(failed, FakeFolder(documents))["error"].startswith(expected)


@pytest.mark.parametrize(
    ("documents", "outcome", "state"),
    [
        ({}, OUTCOME, State.SUCCEEDED),
        ({"cancel.json": {"execution_id": "mlsys-predict-dev-a"}}, None, State.CANCELLED),
        ({"cancel.json": {"execution_id": "another-execution"}}, None, State.FAILED),
        ({}, None, State.FAILED),
    ],
)
def test_the_state_of_a_deleted_execution_follows_from_its_run_s_records(documents, outcome, state):
    folder = FakeFolder(documents)
    status = recorded_status("mlsys-predict-dev-a", folder, None, outcome, "https://log")
    assert (status["state"], status["job"]) == (state, "mlsys-predict-dev")
    assert (status["error"] is None) == (state is not State.FAILED)
    assert status["caller"] == (outcome or {}).get("caller")


def test_both_kinds_of_status_have_the_same_keys():
    recorded = recorded_status("mlsys-predict-dev-a", FakeFolder(), {}, OUTCOME, "https://log")
    assert recorded.keys() == current_status(execution(), FakeFolder()).keys()


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
