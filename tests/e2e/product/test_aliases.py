"""Aliases end to end: moved by the command line, resolved once by a run, remembered by the log."""

import re
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import requests
from sklearn.dummy import DummyClassifier

from jobs.lifecycle.aliases import move_alias, remove_alias
from jobs.predict import predict
from jobs.prediction.dry_run import describe_run
from jobs.prediction.plan import PLAN, make_plan
from jobs.prediction.task_errors import run_folder
from jobs.publishing.provenance import author
from jobs.sandbox.loading import load_model
from shared.errors import FailedPrecondition, NotFound
from shared.registry.model_version import ModelVersion
from shared.registry.references import ModelAlias, parse_reference
from tests.waiting import wait_for

PAGE = (Path(__file__).parents[3] / "docs" / "registry.md").read_text()
_names = count(1)


def query_of(sentence):
    """The query that stands under a sentence of docs/registry.md."""
    return re.search(re.escape(sentence) + r"\n\n```sql\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture
def model(models_bucket, registered, titanic):
    """The name of a model of two versions."""
    name = f"aliased-{next(_names)}"
    for version in ("v1", "v2"):
        models_bucket.drop(titanic.pipeline, titanic.metadata, model=name, version=version)
    registered(name, "model_version = 'v2' AND metadata IS NOT NULL")
    registered(name, "model_version = 'v1' AND metadata IS NOT NULL")
    return name


@pytest.fixture
def move(registry):
    """Move an alias of a model, or remove it, as `mlsys alias` does."""

    def to(model, alias, version=None):
        now = datetime.now(UTC)
        alias = ModelAlias.parse(model, alias)
        if version is None:
            return remove_alias(alias, registry, environment="dev", now=now)
        target = parse_reference(model, version)
        return move_alias(alias, target, registry, environment="dev", now=now)

    return to


@pytest.fixture
def run(clients, processes):
    def one_task(request):
        now = datetime.now(UTC)
        folder = run_folder(request, clients, now=now)
        return predict(request, clients, folder, processes, now=now)

    return one_task


def test_an_alias_is_set_moved_repeated_and_removed(model, move, registry):
    champion = ModelAlias(model, "champion")
    assert str(move(model, "champion", "v1")) == f"{champion} stands for v1, before it was nothing"
    assert str(move(model, "champion", "v1")) == f"{champion} stands for v1, as before"
    assert move(model, "challenger", "latest").now == ModelVersion(model, "v2")
    moved = move(model, "champion", "challenger")
    assert str(moved) == f"{champion} stands for v2, before it was v1"
    assert registry.find(champion).version == ModelVersion(model, "v2")
    assert str(move(model, "champion")) == f"{champion} stands for nothing, before it was v2"
    assert str(move(model, "champion")) == f"{champion} stands for nothing, as before"
    with pytest.raises(NotFound, match="stands for no registered version"):
        registry.find(champion)


def test_the_command_line_moves_an_alias_and_says_what_it_stood_for(model, command_line):
    def alias(*words):
        command = (sys.executable, "-m", "jobs", "alias", "--env=dev", f"--model_name={model}")
        return command_line(*command, "--alias=champion", *words).stderr.strip()

    assert alias("--model_version=v2").endswith("stands for v2, before it was nothing")
    assert alias("--remove").endswith("stands for nothing, before it was v2")


@pytest.mark.parametrize(
    ("version", "error", "sentence"),
    [
        ("v9", NotFound, "/v9 is not in the registry"),
        ("nobody", NotFound, "@nobody stands for no registered"),
        ("v3", FailedPrecondition, "/v3 is quarantined"),
    ],
)
def test_what_may_not_get_an_alias_is_refused(
    refused_model, move, registry, version, error, sentence
):
    with pytest.raises(error, match=sentence):
        move(refused_model, "champion", version)
    assert registry.last_move(ModelAlias(refused_model, "champion")) is None


@pytest.fixture(scope="module")
def refused_model(models_bucket, registered):
    """The name of a model whose v1 is approved and whose v3 is no model at all."""
    name = f"aliased-{next(_names)}"
    models_bucket.drop(DummyClassifier().fit([[0], [1]], [0, 1]), model=name)
    models_bucket.put(f"{name}/v3/model.pkl", b"five letters")
    registered(name, "status = 'quarantined'")
    registered(name, "status = 'approved'")
    return name


def test_a_run_keeps_the_version_that_its_alias_stood_for_when_it_was_planned(
    model, move, run, request_for, warehouse, clients, processes, registry
):
    move(model, "champion", "v1")
    first = request_for(model_name=model, model_version="champion", run_id=f"{model}-first")
    planned = request_for(model_name=model, model_version="champion", run_id=f"{model}-planned")
    outcome = run(first)
    write_plan(planned, clients, processes, registry)
    move(model, "champion", "v2")
    # A finished run repeated, a planned run carried out, and a new run.
    assert run(first) == outcome
    assert run(planned).model_version == "v1"
    assert run(request_for(model_name=model, model_version="champion")).model_version == "v2"
    lineage = warehouse.rows(planned.output_table, "DISTINCT ModelName, ModelVersion")
    assert lineage == [(model, "v1")]
    move(model, "champion")
    assert run(first) == outcome


def write_plan(request, clients, processes, registry):
    now = datetime.now(UTC)
    folder = run_folder(request, clients, now=now)
    with load_model(registry.find(request.model), clients, processes) as loaded:
        plan = make_plan(request, clients, run_id=folder.run_id, now=now, model=loaded)
    folder.create(PLAN, plan)


def test_an_alias_is_accepted_by_the_gateway_and_by_a_dry_run(
    model, move, request_for, clients, processes, warehouse, cloud
):
    move(model, "champion", "v1")
    request = request_for(model_name=model, model_version="champion")
    text = describe_run(request, clients, processes, now=datetime.now(UTC))
    assert f"would score  with {model}/v1, generation" in text
    latest = request_for(model_name=model, model_version="latest")
    assert f"with {model}/v2, " in describe_run(latest, clients, processes, now=datetime.now(UTC))
    names = ("env", "input_table", "output_table", "model_name", "model_version")
    query = {name: getattr(request, name) for name in names}
    answer = requests.get(f"{cloud.address['gateway']}/predict", query, timeout=60)
    assert answer.status_code == 202, answer.text
    url = cloud.address["gateway"] + answer.json()["status_url"]

    def ended():
        status = requests.get(url, timeout=60).json()
        return status if status["state"] not in {"QUEUED", "RUNNING"} else None

    assert wait_for(ended, seconds=180)["state"] == "SUCCEEDED"
    assert warehouse.rows(request.output_table, "DISTINCT ModelVersion") == [("v1",)]


def test_the_log_knows_what_an_alias_stood_for_at_any_time(model, move, clients):
    def asked(sentence, at=None):
        query = query_of(sentence).replace("titanic-survival", model)
        if at:
            text = f"TIMESTAMP '{at.isoformat()}'"
            query, changes = re.subn(r"TIMESTAMP_SUB\(.*\)", text, query)
            assert changes == 1
        return [dict(row) for row in clients.bigquery.query_and_wait(query)]

    moments = [datetime.now(UTC)]
    for version in ("v1", "v2", None):
        move(model, "champion", version)
        moments.append(datetime.now(UTC))
    at_any_time = "The champion of last month, or of any other time:"
    stood = [asked(at_any_time, at=moment) for moment in moments]
    assert [[row["model_version"] for row in rows] for rows in stood] == [
        [],
        ["v1"],
        ["v2"],
        [None],
    ]
    assert asked(at_any_time) == []  # a month ago there was no such model
    spans = asked("The full history of each alias:")
    assert [row["model_version"] for row in spans] == ["v1", "v2", None]
    assert {row["moved_by"] for row in spans} == {author()}
    assert [row["until"] for row in spans] == [spans[1]["since"], spans[2]["since"], None]
    assert asked("Current aliases:") == []
    move(model, "champion", "v1")
    now = asked("Current aliases:")
    assert [(row["alias"], row["model_version"]) for row in now] == [("champion", "v1")]


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL))
def test_every_query_of_the_page_runs(clients, query):
    list(clients.bigquery.query_and_wait(query))


def test_a_move_counts_even_if_an_earlier_one_s_clock_was_ahead(model, registry):
    champion, now = ModelAlias(model, "champion"), datetime.now(UTC)
    for version, moment in (("v1", now + timedelta(hours=1)), ("v2", now)):
        move_alias(champion, ModelVersion(model, version), registry, environment="dev", now=moment)
    assert registry.find(champion).version == ModelVersion(model, "v2")
