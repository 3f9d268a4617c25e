import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.prediction.plan import PLAN, Plan
from shared.errors import Conflict, DataLoss
from shared.registry.model_version import RegisteredModel, Status
from shared.request.prediction_request import PredictionRequest

WRITTEN = Path(__file__).parents[3] / "contract/runs/release_0_1_0/plan.json"
EXAMPLE = Plan.from_json(json.loads(WRITTEN.read_text()), uri="plan.json")
URI = "gs://mlsys-runs-dev/run-1/plan.json"
ASKED = PredictionRequest(
    env="dev",
    input_table="titanic.passengers",
    output_table="titanic.predictions",
    model_name="titanic-survival",
    model_version="v1",
    row_filter="Pclass < 3",
)

texts = st.text(max_size=20)
moments = st.datetimes(timezones=st.just(UTC))
# A model's author may have written NaN or Infinity, which Python's JSON keeps.
leaves = st.none() | st.booleans() | st.integers() | texts | st.just(float("inf"))
contents = st.dictionaries(
    texts, leaves | st.lists(leaves, max_size=3) | st.dictionaries(texts, leaves, max_size=3)
)


@st.composite
def plans(draw):
    model = replace(
        EXAMPLE.model,
        sha256=draw(st.none() | texts),
        status=draw(st.sampled_from(Status)),
        findings=tuple(draw(st.lists(texts, max_size=3))),
        metadata=draw(contents),
    )
    session = replace(
        EXAMPLE.session,
        streams=tuple(draw(st.lists(texts, max_size=3))),
        expires_at=draw(moments),
        rows=draw(st.integers(0, 2**62)),
    )
    return replace(
        EXAMPLE,
        run_id=draw(texts),
        planned_at=draw(moments),
        snapshot_time=draw(moments),
        model=model,
        session=session,
    )


def read(content):
    return PLAN.type.from_json(json.loads(json.dumps(content)), uri=URI)


@given(plans())
def test_a_plan_survives_its_storage(plan):
    assert read(plan.to_json()) == plan


def test_the_parts_of_a_plan_have_their_types():
    plan = read(EXAMPLE.to_json())
    assert isinstance(plan.model, RegisteredModel)
    assert isinstance(plan.model.status, Status)
    assert isinstance(plan.planned_at, datetime)
    assert isinstance(plan.session.streams, tuple)


def test_the_release_before_finds_the_schema_under_its_key():
    content = EXAMPLE.to_json()
    assert "schema" not in content
    assert read(content).schema.keys == tuple(content["layout"]["keys"]) == ("PassengerId",)


def test_a_signature_that_the_release_before_could_not_store_is_empty():
    content = EXAMPLE.to_json()
    plan = read(content | {"model": content["model"] | {"signature": {}}})
    assert plan.model.signature.features == ()


@pytest.mark.parametrize("part", ["source", "model", "session"])
def test_a_part_that_cannot_be_read_is_named(part):
    content = EXAMPLE.to_json() | {part: {}}
    with pytest.raises(DataLoss, match=rf"is not a readable Plan.*\$\.{part}") as caught:
        read(content)
    assert caught.value.message.startswith(URI)


def test_a_plan_belongs_to_one_request():
    EXAMPLE.require_same_request(ASKED)
    with pytest.raises(Conflict, match="was planned with another row_filter"):
        EXAMPLE.require_same_request(replace(ASKED, row_filter=""))
