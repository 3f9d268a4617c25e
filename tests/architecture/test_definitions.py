"""Tables and the code that writes them agree."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from shared.registry.events import EventType, RegistryEvent
from shared.runs.documents import RunRecord

DEFINITIONS = Path(__file__).parents[2] / "terraform/modules/mlsys/definitions"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def columns(table):
    schema = json.loads((DEFINITIONS / "schemas" / f"{table}.json").read_text())
    return {column["name"] for column in schema}


def test_a_registry_event_fills_every_column_of_the_log_and_no_other():
    event = RegistryEvent(
        event_type=EventType.SEEN,
        event_time=MOMENT,
        recorded_at=MOMENT,
        environment="dev",
        bucket="b",
        name="n",
        generation=1,
        metageneration=1,
    )
    assert set(event.to_row()) == columns("model_registry_events")
    assert json.dumps(event.to_row())


def test_a_run_record_is_a_row_of_prediction_runs():
    assert {field.name for field in fields(RunRecord)} == columns("prediction_runs")


def test_every_column_says_what_it_holds():
    for path in (DEFINITIONS / "schemas").glob("*.json"):
        assert all(column["description"] for column in json.loads(path.read_text()))
