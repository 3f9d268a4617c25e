"""v1, v2 and the database show the same model, and give it back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloud_run import v1, v2
from local.cloud_run.parsing import overrides_from, v1_draft, v2_draft
from local.cloud_run.resources import Execution, Job, JobDraft
from local.cloud_run.tasks import Task, exited
from local.cloud_run.template import Container, Template
from local.database import from_json, to_json
from local.google_json import InvalidArgumentError, duration, elapsed, seconds, timestamp

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

texts = st.text(max_size=5)
names = st.text("abcXYZ_", min_size=1, max_size=5)
containers = st.builds(
    Container,
    image=texts,
    name=texts,
    command=st.lists(texts).map(tuple),
    args=st.lists(texts).map(tuple),
    environment=st.dictionaries(names, texts),
    limits=st.dictionaries(names, texts),
)
templates = st.builds(
    Template,
    container=containers,
    task_count=st.integers(1, 10_000),
    parallelism=st.integers(0, 10_000),
    max_retries=st.integers(0, 10),
    timeout_seconds=st.integers(1, 168 * 3600),
    service_account=texts,
    labels=st.dictionaries(names, texts),
    annotations=st.dictionaries(names, texts),
)
drafts = st.builds(
    JobDraft,
    template=templates,
    labels=st.dictionaries(names, texts),
    annotations=st.dictionaries(names, texts),
)


def job_of(draft: JobDraft) -> Job:
    return Job(
        project="demo",
        region="europe-west1",
        name="job",
        uid="uid",
        draft=draft,
        created_at=NOON,
        updated_at=NOON,
    )


@given(drafts)
def test_a_job_shown_by_v2_reads_as_the_same_job(draft: JobDraft) -> None:
    assert v2_draft(v2.job(job_of(draft), None)) == draft


@given(drafts)
def test_a_job_shown_by_v1_reads_as_the_same_job(draft: JobDraft) -> None:
    read = v1_draft(v1.job(job_of(draft), None))
    assert (read.template, read.labels) == (draft.template, draft.labels)
    assert draft.annotations.items() <= read.annotations.items()


@given(drafts)
def test_a_job_comes_back_from_the_database_as_it_went(draft: JobDraft) -> None:
    job = job_of(draft).ran("job-abcde")
    assert from_json(Job, to_json(job)) == job


def test_tasks_and_executions_come_back_from_the_database(
    execution: Execution, task: Task, noon: datetime
) -> None:
    failed = task.begun(noon).ended(exited(3), noon, max_retries=0, cancelled=False)
    assert from_json(Task, to_json(failed)) == failed
    ended = execution.started(noon).failed_by(failed).completed(noon)
    assert from_json(Execution, to_json(ended)) == ended


def test_both_apis_read_the_same_overrides() -> None:
    common = {
        "containerOverrides": [{"args": ["--x"], "env": [{"name": "A", "value": "b"}]}],
        "taskCount": 3,
    }
    first = overrides_from(common | {"timeoutSeconds": 60}, timeout_field="timeoutSeconds")
    second = overrides_from(common | {"timeout": "60s"}, timeout_field="timeout")
    assert first == second


def test_v1_leaves_counts_of_zero_out(execution: Execution) -> None:
    status = v1.execution(execution, "http://logs")["status"]
    assert isinstance(status, dict)
    assert not {"runningCount", "succeededCount", "failedCount"} & status.keys()


def test_a_secret_is_refused() -> None:
    variable = {"name": "A", "valueSource": {"secretKeyRef": {"secret": "s"}}}
    body = {"template": {"template": {"containers": [{"env": [variable]}]}}}
    with pytest.raises(InvalidArgumentError, match="Secret Manager"):
        v2_draft(body)


def test_system_annotations_are_not_shown_by_v2(execution: Execution) -> None:
    annotations = {"run.googleapis.com/client-name": "gcloud", "mine": "1"}
    job = job_of(JobDraft(template=execution.template, annotations=annotations))
    assert v2.job(job, None)["annotations"] == {"mine": "1"}
    assert v2.job(replace(job, latest_execution=None), execution)["latestCreatedExecution"]


@pytest.mark.parametrize(
    ("length", "text"),
    [(0, "0s"), (15.951, "15.95s"), (169.01, "2m49.01s"), (63.6, "1m3.6s"), (3603, "1h0m3s")],
)
def test_durations_read_as_in_cloud_runs_messages(length: float, text: str) -> None:
    assert elapsed(length) == text


def test_times_and_durations_are_protobufs(noon: datetime) -> None:
    assert timestamp(noon) == "2026-01-31T12:00:00.000000Z"
    assert (duration(600), duration(0.5)) == ("600s", "0.5s")
    assert (seconds("600s"), seconds(600), seconds("0.5s")) == (600, 600, 0.5)


@pytest.mark.parametrize("text", ["", "s", "soon", "-1s", "1m", "1e3s", "nan"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError):
        seconds(text)
