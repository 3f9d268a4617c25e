import pytest

from local.storage.errors import InvalidError, NotModifiedError, PreconditionError
from local.storage.preconditions import Preconditions

CURRENT = {"generation": "7", "metageneration": "2"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"ifGenerationMatch": "7"},
        {"ifGenerationNotMatch": "6"},
        {"ifMetagenerationMatch": "2", "ifGenerationMatch": "7"},
        {"ifMetagenerationNotMatch": "1"},
    ],
)
def test_conditions_that_hold_let_pass(query: dict[str, str]) -> None:
    Preconditions.from_query(query).check(CURRENT)
    Preconditions.from_query(query).require_readable(CURRENT)


@pytest.mark.parametrize("name", ["ifGenerationMatch", "ifMetagenerationMatch"])
def test_another_version_than_expected_is_refused(name: str) -> None:
    conditions = Preconditions.from_query({name: "1"})

    for check in (conditions.check, conditions.require_readable):
        with pytest.raises(PreconditionError):
            check(CURRENT)


@pytest.mark.parametrize(
    "query", [{"ifGenerationNotMatch": "7"}, {"ifMetagenerationNotMatch": "2"}]
)
def test_the_very_version_is_refused_to_writers_and_not_modified_for_readers(
    query: dict[str, str],
) -> None:
    with pytest.raises(PreconditionError):
        Preconditions.from_query(query).check(CURRENT)
    with pytest.raises(NotModifiedError):
        Preconditions.from_query(query).require_readable(CURRENT)


def test_what_does_not_exist_has_generation_zero() -> None:
    Preconditions.from_query({"ifGenerationMatch": "0"}).check(None)
    with pytest.raises(PreconditionError):
        Preconditions.from_query({"ifGenerationNotMatch": "0"}).check(None)
    with pytest.raises(PreconditionError):
        Preconditions.from_query({"ifGenerationMatch": "7"}).check(None)


def test_conditions_survive_being_stored() -> None:
    conditions = Preconditions.from_query({"ifSourceGenerationMatch": "0"}, prefix="ifSource")

    assert Preconditions(**conditions.stored) == conditions
    assert conditions.generation_match == 0


def test_a_condition_is_a_number() -> None:
    with pytest.raises(InvalidError):
        Preconditions.from_query({"ifGenerationMatch": "latest"})
