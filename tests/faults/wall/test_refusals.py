"""Where any part of the wall cannot be built, no byte of a model is read."""

import sys
from contextlib import contextmanager

import pytest

from jobs.sandbox import system_calls
from jobs.sandbox.channel import Channel
from jobs.sandbox.model_session import ModelFailure, ModelSession
from jobs.sandbox.system_calls import compiled_filter, wall_is_possible
from shared.errors import FailedPrecondition, Transient
from tests.faults.wall.hostile import LIMITS

# Programs for the kernel: nothing, noise, half an instruction, "allow everything", "kill".
FILTERS = {
    "nothing": b"",
    "noise": bytes(range(256)),
    "half an instruction": b"\x06\0\0\0",
    "all is allowed": b"\x06\0\0\0\0\0\xff\x7f",
    "no end": b"\x20\0\0\0\0\0\0\0",
    "too long": b"\x06\0\0\0\0\0\xff\x7f" * 5000,
}
BROKEN = [
    "a capability that stays",
    "a filter that is refused",
    "a landlock that is refused",
    "a landlock that does not hold",
    "a limit that is refused",
    "a promise that is refused",
    "a thread that is there",
]


@pytest.fixture
def no_byte_is_sent(monkeypatch):
    def ask(*_):
        raise AssertionError("the process was asked")

    monkeypatch.setattr(Channel, "ask", ask)


@contextmanager
def refused(reason):
    with pytest.raises(FailedPrecondition) as raised:
        yield
    assert raised.value.reason == reason
    assert not isinstance(raised.value, ModelFailure)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_that_is_none_is_refused(name, server, no_byte_is_sent):
    with refused("WALL_MISSING"), ModelSession(server, LIMITS, wall=FILTERS[name]) as session:
        session.load(b"a model")


@pytest.mark.parametrize("part", BROKEN)
def test_a_part_that_cannot_be_built_is_refused(part, server_without, wall, no_byte_is_sent):
    server = server_without(part)
    with refused("WALL_MISSING"), ModelSession(server, LIMITS, wall=wall) as session:
        session.load(b"a model")


def test_an_error_before_the_wall_stands_is_not_the_model_s(server_without, wall, no_byte_is_sent):
    server = server_without("an error of its own")
    with (
        pytest.raises(Transient, match="ended before it began"),
        ModelSession(server, LIMITS, wall=wall) as session,
    ):
        session.load(b"a model")


def test_without_the_library_there_is_no_wall(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    compiled_filter.cache_clear()
    with refused("WALL_MISSING"):
        compiled_filter()
    assert not wall_is_possible()
    monkeypatch.undo()
    assert wall_is_possible()
    assert system_calls.compiled_filter()
