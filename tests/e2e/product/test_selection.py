"""Which rows are read: filters, views, the past; and what is said of it beforehand."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.predict import predict
from jobs.prediction.dry_run import describe_run
from jobs.prediction.plan import PLAN
from jobs.prediction.task_errors import run_folder
from shared.errors import FailedPrecondition, InvalidArgument


@pytest.fixture
def run(clients, processes):
    def one_task(request):
        now = datetime.now(UTC)
        folder = run_folder(request, clients, now=now)
        return predict(request, clients, folder, processes, now=now)

    return one_task


@pytest.fixture
def view(warehouse, passengers):
    """A view over the passengers."""
    name = warehouse.new_table()
    warehouse.client.query_and_wait(f"CREATE VIEW {name} AS SELECT * FROM {passengers}")
    return name


def test_a_row_filter_lets_only_its_rows_be_scored(run, request_for, warehouse, passengers):
    condition = "Sex = 'female' AND Pclass IN (1, 2)"
    request = request_for(row_filter=condition)
    wanted = warehouse.rows(f"{passengers} WHERE {condition}", "PassengerId")
    assert run(request).rows == len(wanted)
    assert warehouse.rows(request.output_table, "PassengerId") == wanted


def test_a_row_filter_that_bigquery_refuses_is_refused_in_its_words(run, request_for):
    with pytest.raises(InvalidArgument, match="Unrecognized name: Agee"):
        run(request_for(row_filter="Agee > 3"))


def test_a_view_is_read_by_one_query_job(run, request_for, warehouse, view, clients, expected):
    request = request_for(input_table=view, run_id="by-view", row_filter="PassengerId > 0")
    assert run(request).rows == len(expected)
    columns = "PassengerId, Survived, PredictionProbability"
    assert warehouse.rows(request.output_table, columns) == expected
    made = clients.bigquery.get_table(f"{clients.settings.dataset}.mlsys-by-view-input-0")
    left = made.expires - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(hours=24)


def test_the_past_can_be_read(run, request_for, warehouse, titanic):
    table = warehouse.new_table(titanic.unseen.drop(columns="Survived"))
    time.sleep(0.1)
    before = datetime.now(UTC)
    time.sleep(0.1)
    warehouse.client.query_and_wait(f"DELETE FROM {table} WHERE PassengerId > 0")
    request = request_for(input_table=table, as_of=before.isoformat())
    outcome = run(request)
    assert outcome.rows == 328
    assert outcome.snapshot_time == before
    assert run(request_for(input_table=table)).rows == 0


def test_the_past_of_a_view_is_refused(run, request_for, view):
    with pytest.raises(FailedPrecondition, match="as_of reads the past of tables"):
        run(request_for(input_table=view, as_of=datetime.now(UTC).isoformat()))


@pytest.mark.parametrize(
    "change",
    [{"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, {"streams": ("projects/p/gone",)}],
)
def test_a_plan_whose_session_has_expired_says_how_to_start_again(
    run, request_for, clients, change
):
    first = request_for(run_id=f"fresh-{len(change)}-{next(iter(change))}")
    run(first)
    folder = run_folder(first, clients, now=datetime.now(UTC))
    plan = folder.read(PLAN)
    late = request_for(run_id=f"late-{next(iter(change))}", output_table=first.output_table)
    copy = run_folder(late, clients, now=datetime.now(UTC))
    session = replace(plan.session, **change)
    copy.write(PLAN, replace(plan, run_id=late.run_id, session=session))
    with pytest.raises(FailedPrecondition, match="Start it again as a new execution, or under"):
        run(late)


def test_a_dry_run_says_what_would_be_and_does_nothing(request_for, clients, processes, passengers):
    request = request_for(row_filter="Age > 30", run_id="dry-1")
    now = datetime.now(UTC)
    text = describe_run(request, clients, processes, now=now)
    assert (
        f"would read   {clients.settings.project_id}.{passengers}, a table of at most 328" in text
    )
    assert "where Age > 30" in text
    assert f"{request.model}, generation " in text
    assert "a new table, by append" in text
    assert "Survived INTEGER, PredictionProbability FLOAT" in text
    assert not run_folder(request, clients, now=now).blobs("")
    with pytest.raises(Exception, match="Not found"):
        clients.bigquery.get_table(request.output_table)
