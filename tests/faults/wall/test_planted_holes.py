"""Each attack finds the hole that it is for: with its system calls allowed, it escapes."""

import pytest

from runtimes.model_process import landlock
from tests.faults.wall.attack import ATTACKS
from tests.faults.wall.catalogue import NAMES, attempt
from tests.faults.wall.planting import REFUSED_BY_FILTER, filter_with

FILTERED = [name for name in NAMES if ATTACKS[name].behind in ("EPERM", "nothing")]
HELD_BY_LANDLOCK = [name for name in NAMES if ATTACKS[name].landlock]


def is_like(outcome, expected):
    if expected == "*":
        return outcome != REFUSED_BY_FILTER and not outcome.startswith("raised")
    if expected == "filter":
        return outcome == REFUSED_BY_FILTER
    return outcome.startswith("escaped") if expected == "escaped" else outcome == expected


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_finds_the_hole_that_is_planted_for_it(name, server_without, world):
    server = server_without("landlock", "self-check")
    outcome = attempt(server, world, name, "load", filter_with(*ATTACKS[name].calls))
    assert is_like(outcome, ATTACKS[name].opened), outcome


@pytest.mark.parametrize("name", HELD_BY_LANDLOCK)
def test_landlock_alone_holds_some_of_them(name, server_without, world):
    error, since = ATTACKS[name].landlock
    expected = error if landlock.version() >= since else ATTACKS[name].opened
    server = server_without("self-check")
    outcome = attempt(server, world, name, "load", filter_with(*ATTACKS[name].calls))
    assert is_like(outcome, expected), outcome
