"""The real google-cloud-run clients over REST."""

import pytest
import requests
from google.api_core.exceptions import Conflict, NotFound
from google.cloud import run_v2

from tests.contract.run.stand_in import PARENT, StandIn


def test_a_launch_answers_with_the_name_of_its_execution(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "print('hello')")
    operation = stand_in.run(name)
    assert operation.metadata.name.startswith(f"{name}/executions/{job}-")
    assert operation.metadata.task_count == 1
    assert not operation.metadata.completion_time


def test_the_result_of_a_launch_is_the_execution_with_its_counts(
    stand_in: StandIn, job: str
) -> None:
    name = stand_in.create_job(job, "print('hello')", task_count=3)
    execution = stand_in.run(name).result(timeout=30)
    assert execution.succeeded_count == 3
    assert execution.running_count == 0
    assert not execution.reconciling
    assert execution.start_time >= execution.create_time
    assert execution.completion_time >= execution.start_time
    conditions = {each.type_: each for each in execution.conditions}
    assert list(conditions) == ["Started", "Completed", "ContainerReady", "ResourcesAvailable"]
    assert conditions["Completed"].state == run_v2.Condition.State.CONDITION_SUCCEEDED
    assert conditions["Completed"].message.startswith("Execution completed successfully in ")


def test_each_task_knows_who_it_is(stand_in: StandIn, job: str) -> None:
    script = "import os; print(*(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')"
    operation = stand_in.run(stand_in.create_job(job, script, task_count=2))
    execution = stand_in.wait(operation)
    log = stand_in.log(operation)
    first, second = (part.splitlines() for part in log.split("=== ")[1:])
    execution_id = execution.name.rpartition("/")[2]
    assert first[0] == f"{execution_id}-task0"
    assert {f"CLOUD_RUN_JOB={job}", f"CLOUD_RUN_EXECUTION={execution_id}"} <= set(first)
    assert {"CLOUD_RUN_TASK_INDEX=0", "CLOUD_RUN_TASK_COUNT=2"} <= set(first)
    assert {"CLOUD_RUN_TASK_INDEX=1", "CLOUD_RUN_TASK_ATTEMPT=0"} <= set(second)
    assert "ENDPOINT=local" in first
    assert "SECRET_OF_THE_HOST" not in log


def test_overrides_change_one_execution_and_not_the_job(stand_in: StandIn, job: str) -> None:
    script = "import os, sys; print(sys.argv[1:], os.environ.get('A'), os.environ.get('B'))"
    name = stand_in.create_job(job, script)
    container = {"args": ["--x", "1"], "env": [{"name": "B", "value": "b"}]}
    changed = stand_in.run(
        name, container_overrides=[container], task_count=2, timeout={"seconds": 9}
    )
    plain = stand_in.run(name)
    execution = stand_in.wait(changed)
    assert (execution.task_count, execution.template.timeout.seconds) == (2, 9)
    assert stand_in.log(changed).count("['--x', '1'] None b") == 2
    assert stand_in.wait(plain).task_count == 1
    assert "[] None None" in stand_in.log(plain)


def test_args_can_be_cleared(stand_in: StandIn, job: str) -> None:
    container = run_v2.Container(image="x", command=["echo", "args:"], args=["of", "the", "job"])
    template = {"template": {"containers": [container]}}
    created = stand_in.jobs.create_job(
        parent=PARENT, job_id=job, job=run_v2.Job(template=template)
    ).result()
    operation = stand_in.run(created.name, container_overrides=[{"clear_args": True}])
    stand_in.wait(operation)
    assert stand_in.log(operation).endswith("args:\n")


def test_executions_are_listed_newest_first_in_pages(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "")
    launched = [stand_in.run(name).metadata.name for _ in range(3)]
    pages = stand_in.executions.list_executions({"parent": name, "page_size": 2}).pages
    sizes = [[each.name for each in page.executions] for page in pages]
    assert sizes == [launched[:0:-1], launched[:1]]


def test_validation_only_launches_nothing(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "")
    operation = stand_in.jobs.run_job({"name": name, "validate_only": True})
    assert operation.result().name.startswith(f"{name}/executions/")
    assert not list(stand_in.executions.list_executions(parent=name))


def test_what_does_not_exist_is_not_found(stand_in: StandIn) -> None:
    with pytest.raises(NotFound, match="Resource 'nope' of kind 'JOB' in region 'europe-west1'"):
        stand_in.run(f"{PARENT}/jobs/nope")
    with pytest.raises(NotFound):
        stand_in.executions.get_execution(name=f"{PARENT}/jobs/nope/executions/nope-12345")


@pytest.mark.parametrize(
    "overrides",
    [
        {"taskCount": 0},
        {"taskCount": 10_001},
        {"timeout": "soon"},
        {"timeout": "0s"},
        {"timeout": "604801s"},
        {"memory": "1Gi"},
        {"containerOverrides": [{"image": "other"}]},
        {"containerOverrides": [{"name": "side-car", "args": ["x"]}]},
    ],
)
def test_an_override_that_cloud_run_does_not_take_is_refused(
    stand_in: StandIn, job: str, overrides: dict[str, object]
) -> None:
    name = stand_in.create_job(job, "")
    url = f"{stand_in.url}/v2/{name}:run"
    answer = requests.post(url, json={"overrides": overrides}, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert not list(stand_in.executions.list_executions(parent=name))


def test_a_job_can_be_replaced_and_its_name_is_taken(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "print('first')")
    with pytest.raises(Conflict):
        stand_in.create_job(job, "")
    changed = stand_in.jobs.get_job(name=name)
    changed.template.template.containers[0].command = ["echo", "second"]
    assert stand_in.jobs.update_job(job=changed).result().generation == 2
    operation = stand_in.run(name)
    stand_in.wait(operation)
    assert stand_in.log(operation).endswith("second\n")


def test_deleting_a_job_ends_its_executions(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "import time; time.sleep(60)")
    operation = stand_in.run(name)
    stand_in.jobs.delete_job(name=name).result()
    assert operation.result(timeout=30).cancelled_count == 1
    with pytest.raises(NotFound):
        stand_in.execution(operation)
    with pytest.raises(NotFound):
        stand_in.jobs.get_job(name=name)


def test_a_lost_answer_leaves_an_execution_behind(stand_in: StandIn, job: str) -> None:
    name = stand_in.create_job(job, "")
    fault = {"method": "POST", "path": ":run$", "status": 503, "after": True}
    assert requests.post(f"{stand_in.url}/_faults", json=fault, timeout=5).ok
    answer = requests.post(f"{stand_in.url}/v2/{name}:run", timeout=5)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == 503
    assert len(list(stand_in.executions.list_executions(parent=name))) == 1
