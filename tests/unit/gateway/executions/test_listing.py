from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from google.cloud import run_v2

from gateway.executions.listing import ExecutionQuery
from shared.errors import InvalidArgument
from shared.settings.settings import Settings

SETTINGS = Settings.from_environ({"GCP_PROJECT_ID": "my-project"})
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def execution(job, number, **changes):
    arguments = (
        [] if job.endswith("registry-dev") else ["--model_name=titanic", "--model_version=v1"]
    )
    return run_v2.Execution(
        {
            "name": f"{job}/executions/{job.rpartition('/')[2]}-{number:05}",
            "job": job,
            "create_time": MOMENT + timedelta(minutes=number),
            "template": {"containers": [{"args": arguments}]},
            "task_count": 1,
        }
        | changes
    )


@pytest.fixture
def clients():
    """Twelve executions, a minute apart, every third of them a scan of the registry."""
    jobs = (SETTINGS.registry_job, SETTINGS.predict_job, SETTINGS.predict_job)
    made = [execution(jobs[number % 3], number) for number in range(12)]
    made[4].start_time = MOMENT

    def list_executions(request):
        return [each for each in reversed(made) if each.job == request["parent"]]

    executions = SimpleNamespace(list_executions=list_executions)
    return SimpleNamespace(settings=SETTINGS, executions=executions)


def numbers(page):
    return [int(each.name[-5:]) for each in page.executions]


def test_the_executions_of_both_jobs_come_newest_first(clients):
    page = ExecutionQuery().page(clients)
    assert numbers(page) == list(range(11, -1, -1))
    assert page.next_page_token == ""


@pytest.mark.parametrize("size", [1, 5, 11, 12])
def test_the_pages_together_are_the_whole_list(clients, size):
    seen, token = [], ""
    for _ in range(20):
        page = ExecutionQuery.from_mapping({"page_size": str(size), "page_token": token}).page(
            clients
        )
        assert len(page.executions) <= size
        seen += numbers(page)
        if not (token := page.next_page_token):
            break
    assert seen == list(range(11, -1, -1))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"job": "mlsys-registry-dev"}, [9, 6, 3, 0]),
        ({"job": "another"}, []),
        ({"state": "running"}, [4]),
        ({"model": "titanic/v1", "page_size": "2"}, [11, 10]),
        ({"model": "titanic"}, [11, 10, 8, 7, 5, 4, 2, 1]),
        ({"model": "titanic/v2"}, []),
        ({"since": "2026-01-01T00:09:00Z"}, [11, 10, 9]),
        ({"since": "2026-01-01T01:09:00+01:00", "job": "mlsys-registry-dev"}, [9]),
    ],
)
def test_filters_select_executions(clients, filters, expected):
    assert numbers(ExecutionQuery.from_mapping(filters).page(clients)) == expected


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("state", "DONE"),
        ("since", "yesterday"),
        ("since", "2026-01-01T00:00:00"),
        ("page_size", "0"),
        ("page_size", "201"),
        ("page_size", "٣"),
        ("page_token", "x"),
        ("page_token", "bnVsbA=="),
        ("page_token", "é"),
        ("what", "1"),
    ],
)
def test_a_malformed_parameter_is_named(name, raw):
    with pytest.raises(InvalidArgument) as caught:
        ExecutionQuery.from_mapping({name: raw})
    assert name in caught.value.message
