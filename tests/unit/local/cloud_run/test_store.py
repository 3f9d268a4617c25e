from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from local.cloud_run.resources import Counts, Execution
from local.cloud_run.store import Store
from local.cloud_run.tasks import Task, TaskState
from local.database import Page


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "run.db")
    yield opened
    opened.close()


def test_counts_are_those_of_the_tasks(store: Store, execution: Execution, task: Task) -> None:
    states = [*TaskState, TaskState.SUCCEEDED]
    store.put_execution(replace(execution, counts=Counts(failed=99)))
    store.put_tasks(replace(task, index=n, state=s, retried=1) for n, s in enumerate(states))
    read = store.execution(execution.name)
    assert read
    assert read.counts == Counts(
        pending=1, running=1, succeeded=2, failed=1, cancelled=2, retried=7
    )


def test_a_page_goes_on_where_the_last_one_ended(store: Store, task: Task) -> None:
    store.put_tasks(replace(task, index=index) for index in range(5))
    first = store.tasks(task.execution, [TaskState.PENDING], Page(size=3))
    second = store.tasks(task.execution, [TaskState.PENDING], Page(size=3, after=first.next))
    assert [each.index for each in first.items + second.items] == [0, 1, 2, 3, 4]
    assert second.next is None


def test_an_execution_keeps_its_place_in_the_list_when_it_changes(
    store: Store, execution: Execution, noon: datetime
) -> None:
    for name in ("job-1", "job-2"):
        store.put_execution(replace(execution, name=name))
    store.put_execution(replace(execution, name="job-1").started(noon))
    rows = store.executions("demo", None, "job", Page())
    assert [each.name for each in rows.items] == ["job-2", "job-1"]


def test_unfinished_executions_are_found_after_a_restart(
    tmp_path: Path, execution: Execution, noon: datetime
) -> None:
    before = Store(tmp_path / "run.db")
    before.put_execution(execution)
    before.put_execution(replace(execution, name="job-done").completed(noon))
    before.close()
    after = Store(tmp_path / "run.db")
    assert [each.name for each in after.unfinished()] == [execution.name]
    after.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store, execution: Execution) -> None:
    def fail_midway() -> None:
        with store.transaction():
            store.put_execution(execution)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_midway()
    assert store.execution(execution.name) is None
