"""What a registry promises, asked of the fake and of BigQuery's log and view alike."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import NotFound
from shared.models import ModelFile, ModelVersion, Status
from shared.registry import Fact, FactType, Registry
from tests.contract.registry.fake_registry import FakeRegistry

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_buckets = count(1)


@pytest.fixture(scope="session")
def bigquery_registry(cloud):
    client = bigquery.Client(
        project=cloud.project,
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": cloud.address["bigquery"]},
    )
    return Registry(client, "mlsys_dev")


@pytest.fixture(scope="session", params=["fake", "bigquery"])
def registry(request):
    if request.param == "fake":
        return FakeRegistry()
    return request.getfixturevalue("bigquery_registry")


@pytest.fixture
def model():
    """A model that no other test knows."""
    return ModelVersion(f"contract-{next(_buckets)}", "v1")


def fact(model, event_type, generation, metageneration=1):
    return Fact(
        event_type=event_type,
        event_time=MOMENT + timedelta(seconds=generation),
        recorded_at=MOMENT + timedelta(days=1),
        environment="dev",
        bucket=f"bucket-of-{model.name}",
        name=model.object_name(ModelFile.MODEL),
        generation=generation,
        metageneration=metageneration,
        model_name=model.name,
        model_version=model.version,
        file_size_bytes=generation,
        crc32c="AAAAAA==",
        sha256="0" * 64,
        status=Status.APPROVED,
    )


def generation_of(registry, model):
    try:
        return registry.find(model).generation
    except NotFound:
        return None


def test_a_model_that_was_never_seen_is_not_found(registry, model):
    with pytest.raises(NotFound, match="is not in the registry"):
        registry.find(model)


def test_a_registered_model_is_found_with_what_pins_it(registry, model):
    registry.append([fact(model, FactType.FINALIZED, 7)])
    found = registry.find(model)
    assert (found.version, found.generation, found.size_bytes) == (model, 7, 7)
    assert (found.crc32c, found.sha256, found.status) == ("AAAAAA==", "0" * 64, "approved")
    assert found in registry.models()


def test_a_fact_told_many_times_is_one_fact(registry, model):
    for _ in range(5):
        registry.append([fact(model, FactType.FINALIZED, 7)] * 3)
    assert [each.version for each in registry.models()].count(model) == 1


def test_the_newest_generation_wins_whatever_comes_last(registry, model):
    registry.append([fact(model, FactType.FINALIZED, 9)])
    registry.append([fact(model, FactType.FINALIZED, 8), fact(model, FactType.ARCHIVED, 8)])
    assert registry.find(model).generation == 9


@pytest.mark.parametrize("ending", [FactType.DELETED, FactType.ARCHIVED, FactType.GONE])
def test_a_generation_that_is_gone_stays_gone(registry, model, ending):
    registry.append([fact(model, ending, 7)])
    registry.append([fact(model, FactType.FINALIZED, 7), fact(model, FactType.SEEN, 7)])
    assert generation_of(registry, model) is None
    assert registry.live_generations(f"bucket-of-{model.name}") == set()


def test_an_older_generation_shows_again_when_the_newest_is_gone(registry, model):
    registry.append([fact(model, FactType.FINALIZED, 7), fact(model, FactType.FINALIZED, 8)])
    registry.append([fact(model, FactType.DELETED, 8)])
    assert registry.find(model).generation == 7


def test_live_generations_are_those_of_the_bucket(registry, model):
    registry.append([fact(model, FactType.FINALIZED, 7), fact(model, FactType.FINALIZED, 8)])
    live = registry.live_generations(f"bucket-of-{model.name}")
    assert {each.generation for each in live} == {7, 8}
    assert {(each.model_name, each.model_version) for each in live} == {(model.name, "v1")}


@st.composite
def histories(draw):
    """What happens to one object of a versioned bucket, and the generation that is live at last."""
    told, live = [], None
    for generation in range(1, draw(st.integers(1, 8)) + 1):
        if live is not None:
            told.append((FactType.ARCHIVED, live))
        told.append((FactType.FINALIZED, generation))
        live = generation
        if draw(st.booleans()):
            told.append((FactType.METADATA_UPDATED, generation))
        if draw(st.integers(0, 3)) == 0:
            told.append((draw(st.sampled_from([FactType.DELETED, FactType.ARCHIVED])), live))
            live = None
    repeated = told + draw(st.lists(st.sampled_from(told), max_size=8))
    return draw(st.permutations(repeated)), live


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories())
def test_any_history_shuffled_and_repeated_ends_as_the_bucket_does(registry, history):
    told, live = history
    model = ModelVersion(f"history-{next(_buckets)}", "v1")
    registry.append([fact(model, event_type, generation) for event_type, generation in told])
    assert generation_of(registry, model) == live
