"""What the service that registers answers; the objects themselves are told of in tests/e2e."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import functions_framework
import pytest
import yaml

from jobs import register
from jobs.registration.group_commit import GroupCommit
from jobs.registration.registration import log_event
from shared.errors import PermissionDenied, Transient
from shared.logs import CloudLoggingFormatter
from shared.registry.events import EventType, RegistryEvent
from shared.registry.model_version import Status

ROOT = Path(__file__).parents[3]
SERVICE = ROOT / "terraform/modules/mlsys/definitions/services/register.yaml"
OBJECT = {
    "bucket": "mlsys-models-dev",
    "name": "titanic/v1/model.pkl",
    "generation": "7",
    "metageneration": "1",
    "timeCreated": "2026-01-01T00:00:00Z",
}
HEADERS = {
    "ce-id": "1",
    "ce-specversion": "1.0",
    "ce-type": "google.cloud.storage.object.v1.deleted",
    "ce-source": "//storage.googleapis.com/projects/_/buckets/mlsys-models-dev",
    "ce-time": "2026-01-01T00:00:00Z",
}


@pytest.fixture
def service(tmp_path, monkeypatch):
    """The service, as the framework builds it, over a log of the test's own."""
    source = tmp_path / "service.py"
    source.write_text("from jobs.register import on_event\n")
    monkeypatch.setenv("GCP_PROJECT_ID", "my-project")
    app = functions_framework.create_app("on_event", str(source), "cloudevent")

    def answer(append, max_events=64):
        group_commit = GroupCommit(append, max_events=max_events)
        monkeypatch.setattr(register, "_group_commit", lambda: group_commit)
        return app.test_client().post("/", json=OBJECT, headers=HEADERS)

    yield answer
    register._clients.cache_clear()


def raising(error):
    def append(_facts):
        raise error

    return append


def test_an_event_is_acknowledged_when_its_fact_is_in_the_log(service):
    facts = []
    assert service(facts.extend).status_code == 200
    assert [fact.event_type for fact in facts] == ["deleted"]


def test_an_event_that_finds_a_service_away_is_answered_503(service):
    answer = service(raising(Transient("appending: no answer", detail="10.0.0.7 refused")))
    assert answer.status_code == 503
    assert "10.0.0.7" not in answer.text


def test_an_event_that_is_one_too_many_is_answered_429_and_nothing_is_read(service):
    assert service(raising(AssertionError("nothing is appended")), max_events=0).status_code == 429


@pytest.mark.filterwarnings("ignore")
def test_an_event_that_meets_a_misconfiguration_is_not_acknowledged(service):
    assert service(raising(PermissionDenied("appending: may not"))).status_code == 500


def test_the_service_has_a_thread_for_each_request_and_some_to_refuse_more():
    definition = yaml.safe_load(re.sub(r"\$\{\w+\}", "x", SERVICE.read_text()))
    assert f"THREADS={definition['concurrency']}" in definition["command"]
    assert definition["concurrency"] > register._MAX_EVENTS


def test_what_an_alert_waits_for_stands_in_the_record_of_a_quarantined_model(caplog):
    filters = (ROOT / "terraform/modules/mlsys/alerts.tf").read_text()
    field, value = re.search(r'jsonPayload\.(\w+)=\\"(quarantined)\\"', filters).groups()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    event = RegistryEvent(
        event_type=EventType.FINALIZED,
        event_time=moment,
        recorded_at=moment,
        environment="dev",
        bucket="b",
        name="n",
        generation=1,
        metageneration=1,
        status=Status.QUARANTINED,
    )
    with caplog.at_level("INFO"):
        log_event(event)
    line = CloudLoggingFormatter().format(caplog.records[-1])
    assert json.loads(line)[field] == value
