import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DataLoss, FailedPrecondition
from shared.runs.documents import (
    CancelDocument,
    DeduplicationDocument,
    ExecutionDocument,
    LaunchDocument,
    RunRecord,
    TaskErrorDocument,
    TaskProgress,
)
from tests.run_documents import EXAMPLES, MOMENT, launch, run_record

URI = "gs://mlsys-runs-dev/run-1/launch.json"
TYPES = [
    CancelDocument,
    DeduplicationDocument,
    ExecutionDocument,
    LaunchDocument,
    RunRecord,
    TaskErrorDocument,
    TaskProgress,
]

texts = st.text(max_size=20)
counts = st.integers(0, 2**63 - 1)
moments = st.datetimes(timezones=st.just(UTC))
contents = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | counts | texts | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)
VALUES = {
    str: texts,
    int: counts,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: moments,
    tuple[str, ...]: st.lists(texts, max_size=3).map(tuple),
    str | None: st.none() | texts,
    int | None: st.none() | counts,
    Mapping[str, Any] | None: st.none() | contents,
}
documents = st.one_of(
    *(st.builds(kind, **{each.name: VALUES[each.type] for each in fields(kind)}) for kind in TYPES)
)
each_example = pytest.mark.parametrize("document", EXAMPLES, ids=lambda each: type(each).__name__)


def stored(document):
    """What a reader gets of a document after it was stored as JSON."""
    return json.loads(json.dumps(document.to_json()))


@given(documents)
def test_a_document_survives_its_storage(document):
    assert type(document).from_json(stored(document), uri=URI) == document


@given(st.builds(TaskProgress, rows=counts, of=counts))
def test_progress_survives_its_storage_as_custom_metadata(progress):
    labels = progress.to_labels()
    assert all(isinstance(each, str) for each in labels.values())
    assert TaskProgress.from_labels(labels, uri=URI) == progress


def test_there_is_an_example_of_every_document():
    assert {type(each) for each in EXAMPLES} == set(TYPES)


@each_example
def test_a_document_names_the_version_of_its_format(document):
    assert stored(document)["version"] == 1


@each_example
def test_what_a_newer_release_has_added_is_ignored(document):
    content = stored(document) | {"added_later": {"x": [1]}}
    assert type(document).from_json(content, uri=URI) == document


@each_example
def test_a_document_without_a_version_is_read(document):
    content = stored(document)
    del content["version"]
    assert type(document).from_json(content, uri=URI) == document


@each_example
def test_a_format_of_a_newer_release_is_refused_by_name(document):
    with pytest.raises(FailedPrecondition, match="written by a newer release") as caught:
        type(document).from_json(stored(document) | {"version": 2}, uri=URI)
    assert URI in caught.value.message
    assert caught.value.reason == "NEWER_FORMAT"


@each_example
def test_a_missing_field_has_its_default_or_is_an_error_that_names_the_document(document):
    kind = type(document)
    for each in fields(kind):
        content = {name: value for name, value in stored(document).items() if name != each.name}
        if each.default is MISSING:
            with pytest.raises(DataLoss, match=f"missing required field `{each.name}`") as caught:
                kind.from_json(content, uri=URI)
            assert caught.value.message.startswith(f"{URI} is not a readable {kind.__name__}")
        else:
            assert getattr(kind.from_json(content, uri=URI), each.name) == each.default


@each_example
def test_a_value_of_another_type_is_an_error_that_names_the_document(document):
    kind = type(document)
    for name in stored(document):
        with pytest.raises(DataLoss, match="delete the object") as caught:
            kind.from_json(stored(document) | {name: [[]]}, uri=URI)
        assert caught.value.message.startswith(URI)
        assert name in caught.value.message


@pytest.mark.parametrize("content", [None, [], "text", 1, {}])
def test_what_is_no_document_at_all_is_an_error(content):
    with pytest.raises(DataLoss, match="is not a readable LaunchDocument"):
        LaunchDocument.from_json(content, uri=URI)


def test_a_task_s_progress_that_is_no_number_is_an_error():
    with pytest.raises(DataLoss, match="rows"):
        TaskProgress.from_labels({"rows": "many"}, uri=URI)


@pytest.mark.parametrize(
    "text", ["2026-01-31 09:00:00.250000+00:00", "2026-01-31T09:00:00.250000+00:00"]
)
def test_times_are_read_as_the_release_before_wrote_them(text):
    assert LaunchDocument.from_json(stored(launch()) | {"at": text}, uri=URI).at == MOMENT


def test_times_of_google_s_clients_are_written():
    theirs = DatetimeWithNanoseconds(2026, 1, 31, 9, 0, 0, 250_000, tzinfo=UTC)
    assert datetime.fromisoformat(stored(launch(at=theirs))["at"]) == MOMENT


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(TypeError, match="cannot hold object"):
        run_record(drift={"threshold": object()}).to_json()


def test_a_row_of_prediction_runs_is_a_run_record():
    record = run_record(caller=None, drift=None)
    row = {each.name: getattr(record, each.name) for each in fields(record)}
    assert RunRecord.from_row(row | {"added_later": None}, uri="a row") == record


def test_the_row_as_json_has_the_columns_and_no_version():
    record = run_record()
    assert list(record.to_row()) == [each.name for each in fields(record)]
    assert json.dumps(record.to_row())


def test_a_row_that_lacks_a_required_column_is_named():
    with pytest.raises(DataLoss, match="a row of prediction_runs is not a readable RunRecord"):
        RunRecord.from_row({"run_id": "run-1"}, uri="a row of prediction_runs")
