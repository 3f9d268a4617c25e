"""The gateway's pre-flight and the job's plan decide alike, whatever table, model and request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from google.cloud import bigquery
from hypothesis import event, given, settings
from hypothesis import strategies as st

from gateway.preflight.preflight import run_preflight
from jobs.models.description import ModelDescription
from jobs.prediction.resolved_tables import resolve_tables
from jobs.sandbox.loading import LoadedModel
from shared.clients import Clients
from shared.errors import Permanent
from shared.registry.model_version import ModelVersion, RegisteredModel, Status
from shared.registry.registry import Registry
from shared.registry.signature import InputColumn, ModelSignature, OutputColumn
from shared.request.parameters import Disposition
from shared.request.prediction_request import PredictionRequest
from shared.settings.settings import Settings
from tests.gateway_harness import PROJECT, FakeBigQuery

NOW = datetime(2026, 3, 1, tzinfo=UTC)
INPUT, OUTPUT = f"{PROJECT}.d.input", f"{PROJECT}.d.output"
NAMES = ["id", "Age", "Sex", "fate", "RunId", "PredictionProbability", "tags"]
PLAIN_TYPES = ["INTEGER", "FLOAT", "STRING", "BOOLEAN", "DATE"]
ODD_TYPES = ["GEOGRAPHY", "RECORD", "BYTES", "JSON"]


def mostly(usual, odd):
    """Seven times of eight the usual."""
    return st.integers(0, 7).flatmap(lambda number: st.just(usual) if number else odd)


def mostly_from(usual, odd):
    return st.integers(0, 7).flatmap(lambda number: st.sampled_from(usual if number else odd))


names = st.sampled_from(NAMES)
columns = st.builds(
    bigquery.SchemaField,
    st.one_of(names, names.map(str.upper)),
    mostly_from(PLAIN_TYPES, ODD_TYPES),
    mode=mostly("NULLABLE", st.sampled_from(["REQUIRED", "REPEATED"])),
)
tables = st.lists(columns, min_size=1, max_size=6, unique_by=lambda each: each.name.casefold())


@st.composite
def situations(draw):
    """An input table, and a model that mostly fits it."""
    table = draw(tables)
    known = [each.name for each in table]
    listed = draw(
        st.lists(
            mostly_from(known, NAMES),
            min_size=1,
            max_size=3,
            unique_by=lambda name: name.casefold(),
        )
    )
    types = {each.name.casefold(): each.field_type for each in table}
    inputs = tuple(
        InputColumn(
            draw(st.sampled_from([name, name.lower()])),
            draw(mostly(types.get(name.casefold()), st.sampled_from([None, "FLOAT", "STRING"]))),
        )
        for name in listed
    )
    outputs = draw(
        st.lists(
            st.builds(
                OutputColumn,
                names,
                mostly_from(["INTEGER", "FLOAT", "STRING"], [None]),
                st.sampled_from([None, (0, 1)]),
            ),
            min_size=1,
            max_size=2,
        )
    )
    signature = ModelSignature(draw(mostly(inputs, st.just(()))), tuple(outputs))
    said = {
        "target": draw(st.sampled_from([None, None, "fate", "Sex"])),
        "targets": draw(
            mostly(None, st.lists(names, min_size=1, max_size=2, unique=True)),
        ),
        "key_columns": draw(mostly(None, st.lists(names, min_size=1, max_size=2, unique=True))),
    }
    return table, signature, said


requests = st.builds(
    PredictionRequest,
    env=st.just("dev"),
    input_table=st.just("d.input"),
    output_table=mostly("d.output", st.sampled_from(["d.input", "nowhere.output"])),
    model_name=st.just("m"),
    model_version=st.just("v1"),
    key_columns=st.one_of(st.just(()), st.lists(names, max_size=2, unique=True).map(tuple)),
    row_filter=mostly("", st.sampled_from(["Age > 1", "Agee > 1"])),
    as_of=mostly(None, st.sampled_from([NOW - timedelta(days=1), NOW - timedelta(days=9)])),
    write_disposition=st.sampled_from(list(Disposition)),
)


class Blobs:
    """A Cloud Storage that holds every object it is asked for."""

    def bucket(self, _name):
        return SimpleNamespace(blob=lambda *_, **__: SimpleNamespace(exists=lambda: True))


def clients(fake):
    environ = {"GCP_PROJECT_ID": PROJECT, "MLSYS_ENV": "dev"}
    made = Clients(Settings.from_environ(environ))
    made.__dict__.update(bigquery=fake, storage=Blobs())
    return made


def entry(schema, kind, rows=3):
    return SimpleNamespace(schema=schema, table_type=kind, num_rows=rows, num_bytes=100)


def preflight_reasons(request, deployment):
    report = run_preflight(request, deployment, max_bytes=None, now=NOW)
    return [problem.error.reason for problem in report.problems]


def plan_reason(request, deployment, model):
    try:
        resolve_tables(request, deployment, model, now=NOW)
    except Permanent as error:
        return error.reason
    return None


@settings(max_examples=600, deadline=None)
@given(
    situation=situations(),
    kind=mostly("TABLE", st.sampled_from(["VIEW", "EXTERNAL", None])),
    existing=st.one_of(st.none(), st.none(), tables),
    rows=st.integers(0, 1),
    request=requests,
)
def test_what_the_preflight_accepts_is_planned_and_what_it_refuses_is_refused_alike(
    situation, kind, existing, rows, request
):
    table, signature, said = situation
    fake = FakeBigQuery(datasets={f"{PROJECT}.d", "d"})
    if kind:
        fake.tables[INPUT] = entry(table, kind)
    if existing is not None:
        fake.tables[OUTPUT] = entry(existing, "TABLE", rows)
    registered = RegisteredModel(
        version=ModelVersion("m", "v1"),
        bucket="b",
        generation=1,
        size_bytes=1,
        crc32c="",
        sha256="",
        status=Status.APPROVED,
        metadata=said,
        signature=signature,
    )
    deployment = clients(fake)
    stored = replace(registered, signature=ModelSignature.from_json(signature.to_json()))
    unsigned = replace(registered, signature=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registry, "find", lambda *_: stored)
        refused = preflight_reasons(request, deployment)
        patch.setattr(Registry, "find", lambda *_: unsigned)
        refused_unsigned = preflight_reasons(request, deployment)
    description = ModelDescription("mine.Model", predicts=True, is_class=False)
    loaded = LoadedModel(registered, description, signature, session=None)
    planned = plan_reason(request, deployment, loaded)
    event(f"{planned}")
    assert bool(refused) == bool(planned), (refused, planned)
    if planned:
        assert planned in refused
    else:
        assert not refused_unsigned  # without a signature the pre-flight knows less, not other


@given(situation=situations(), request=requests)
@settings(max_examples=100, deadline=None)
def test_a_model_that_is_not_approved_is_refused_by_the_preflight(situation, request):
    table, signature, _ = situation
    fake = FakeBigQuery(datasets={"d"}, tables={INPUT: entry(table, "TABLE")})
    registered = RegisteredModel(
        ModelVersion("m", "v1"), "b", 1, 1, "", "", Status.QUARANTINED, ("hostile",), {}, signature
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registry, "find", lambda *_: registered)
        assert "MODEL_QUARANTINED" in preflight_reasons(request, clients(fake))
        approved = replace(registered, status=Status.APPROVED)
        patch.setattr(Registry, "find", lambda *_: approved)
        assert "MODEL_QUARANTINED" not in preflight_reasons(request, clients(fake))
