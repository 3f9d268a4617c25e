"""What a registry promises, asked of the fake and of BigQuery's log and view alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from shared.errors import NotFound
from shared.registry.events import EventType, RegistryEvent
from shared.registry.model_version import ModelFile, ModelVersion, Status
from shared.registry.references import ModelAlias
from tests.contract.registry.fake_registry import FakeRegistry

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_buckets = count(1)


@pytest.fixture(scope="session", params=["fake", "bigquery"])
def registry(request):
    if request.param == "fake":
        return FakeRegistry()
    return request.getfixturevalue("bigquery_registry")


@pytest.fixture
def model():
    """A model that no other test knows."""
    return ModelVersion(f"contract-{next(_buckets)}", "v1")


def event(model, event_type, generation, metageneration=1):
    return RegistryEvent(
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
    registry.append([event(model, EventType.FINALIZED, 7)])
    found = registry.find(model)
    assert (found.version, found.generation, found.size_bytes) == (model, 7, 7)
    assert (found.crc32c, found.sha256, found.status) == ("AAAAAA==", "0" * 64, "approved")
    assert found in registry.models()


def test_a_registry_event_told_many_times_is_one_fact(registry, model):
    for _ in range(5):
        registry.append([event(model, EventType.FINALIZED, 7)] * 3)
    assert [each.version for each in registry.models()].count(model) == 1


def test_the_newest_generation_wins_whatever_comes_last(registry, model):
    registry.append([event(model, EventType.FINALIZED, 9)])
    registry.append([event(model, EventType.FINALIZED, 8), event(model, EventType.ARCHIVED, 8)])
    assert registry.find(model).generation == 9


@pytest.mark.parametrize("ending", [EventType.DELETED, EventType.ARCHIVED, EventType.GONE])
def test_a_generation_that_is_gone_stays_gone(registry, model, ending):
    registry.append([event(model, ending, 7)])
    registry.append([event(model, EventType.FINALIZED, 7), event(model, EventType.SEEN, 7)])
    assert generation_of(registry, model) is None
    assert registry.live_generations(f"bucket-of-{model.name}") == set()


def test_an_older_generation_shows_again_when_the_newest_is_gone(registry, model):
    registry.append([event(model, EventType.FINALIZED, 7), event(model, EventType.FINALIZED, 8)])
    registry.append([event(model, EventType.DELETED, 8)])
    assert registry.find(model).generation == 7


def test_live_generations_are_those_of_the_bucket(registry, model):
    registry.append([event(model, EventType.FINALIZED, 7), event(model, EventType.FINALIZED, 8)])
    live = registry.live_generations(f"bucket-of-{model.name}")
    assert {each.generation for each in live} == {7, 8}
    assert {(each.model_name, each.model_version) for each in live} == {(model.name, "v1")}


def alias_move(model, alias, second, event_type=EventType.ALIASED):
    time = MOMENT + timedelta(seconds=second)
    move = event(model, event_type, 7)
    return replace(move, alias=alias, event_time=time, status=None, metageneration=0)


def test_an_alias_stands_for_the_version_that_it_was_moved_to_last(registry, model):
    second = ModelVersion(model.name, "v2")
    champion = ModelAlias(model.name, "champion")
    registry.append([event(model, EventType.FINALIZED, 7), event(second, EventType.FINALIZED, 8)])
    registry.append([alias_move(second, "champion", 2)])
    registry.append([alias_move(model, "champion", 1)])
    assert registry.find(champion).version == second
    registry.append([alias_move(model, "champion", 3)])
    assert registry.find(champion).version == model


def test_an_alias_that_was_taken_away_stands_for_nothing(registry, model):
    champion = ModelAlias(model.name, "champion")
    registry.append([event(model, EventType.FINALIZED, 7), alias_move(model, "champion", 1)])
    registry.append([alias_move(model, "champion", 2, EventType.UNALIASED)])
    with pytest.raises(NotFound, match="stands for no"):
        registry.find(champion)


def test_the_last_move_of_an_alias_is_known_whatever_became_of_its_version(registry, model):
    champion = ModelAlias(model.name, "champion")
    assert registry.last_move(champion) is None
    registry.append([alias_move(model, "champion", 2), alias_move(model, "champion", 1)])
    last = registry.last_move(champion)
    assert (last.version, last.generation, last.is_standing) == (model, 7, True)
    assert last.time == MOMENT + timedelta(seconds=2)
    registry.append([alias_move(model, "champion", 3, EventType.UNALIASED)])
    assert registry.last_move(champion) == replace(
        last, time=MOMENT + timedelta(seconds=3), is_standing=False
    )


def test_an_alias_of_a_version_that_is_gone_stands_for_nothing(registry, model):
    champion = ModelAlias(model.name, "champion")
    registry.append([event(model, EventType.FINALIZED, 7), alias_move(model, "champion", 1)])
    registry.append([event(model, EventType.GONE, 7)])
    with pytest.raises(NotFound, match="stands for no"):
        registry.find(champion)


def test_latest_is_the_highest_version_that_is_not_quarantined(registry, model):
    versions = [ModelVersion(model.name, f"v{number}") for number in (9, 10, 11)]
    registry.append([event(each, EventType.FINALIZED, 7) for each in versions[:2]])
    bad = replace(event(versions[2], EventType.FINALIZED, 7), status=Status.QUARANTINED)
    registry.append([bad])
    assert registry.find(ModelAlias(model.name, "latest")).version == versions[1]


def test_of_a_registry_event_that_was_recorded_twice_the_last_record_speaks(registry, model):
    first = replace(event(model, EventType.SEEN, 7), status=Status.UNINSPECTED)
    later = replace(first, status=Status.APPROVED, recorded_at=MOMENT + timedelta(days=2))
    registry.append([later])
    registry.append([first])
    assert registry.find(model).status == Status.APPROVED
