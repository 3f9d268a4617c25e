from datetime import UTC, datetime, timedelta

import pytest

from local.cloud_run.resources import Execution
from local.cloud_run.tasks import Task
from local.cloud_run.template import Container, Template

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def later() -> datetime:
    return NOON + timedelta(seconds=90)


@pytest.fixture
def task() -> Task:
    return Task(execution="job-abcde", index=0, uid="uid", created_at=NOON)


@pytest.fixture
def execution() -> Execution:
    container = Container(command=("python", "-m", "jobs"), environment={"A": "job"})
    return Execution(
        project="demo",
        region="europe-west1",
        job="job",
        name="job-abcde",
        uid="uid",
        template=Template(container=container, task_count=2),
        created_at=NOON,
        updated_at=NOON,
    )
