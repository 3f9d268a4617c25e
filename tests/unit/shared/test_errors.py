import pytest

from shared.errors import MlsysError, NotFound, Permanent, ResourceExhausted, Transient


def test_an_error_has_a_message_for_people_and_a_detail_for_operators():
    error = NotFound("no table", detail="404", table="p.d.t")
    assert (str(error), error.message) == ("no table (404)", "no table")
    assert (error.reason, dict(error.subjects)) == ("NOT_FOUND", {"table": "p.d.t"})


def test_a_reason_of_its_own_replaces_that_of_the_kind():
    error = NotFound("no table", reason="TABLE_NOT_FOUND")
    assert (error.reason, NotFound.reason) == ("TABLE_NOT_FOUND", "NOT_FOUND")


def test_subjects_cannot_be_changed():
    with pytest.raises(TypeError):
        NotFound("no table", table="t").subjects["table"] = "u"


def test_every_kind_is_either_permanent_or_transient_and_has_a_reason():
    kinds, todo = set(), [MlsysError]
    while todo:
        subclasses = todo.pop().__subclasses__()
        kinds |= set(subclasses)
        todo += subclasses
    ours = {kind for kind in kinds if kind.__module__ == "shared.errors"} - {Permanent, Transient}
    assert ResourceExhausted in ours
    assert all(issubclass(kind, Permanent) != issubclass(kind, Transient) for kind in ours)
    assert len({kind.reason for kind in ours}) == len(ours)
