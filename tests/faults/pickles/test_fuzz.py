"""Mutated models: no crash, no execution, no hang.

A few seconds of it in every run of the tests; longer by
`pytest tests/faults/pickles/test_fuzz.py --fuzz-seconds=600 --timeout=0`.
"""

import pickle
import random
import time

import pytest

from jobs.pickles.names import own_names
from jobs.pickles.scan import scan
from jobs.pickles.verdict import Conditions
from tests.unit.jobs.pickles.attacks import attacks

SECONDS = 3.0


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "marker"


@pytest.fixture(scope="module")
def seeds(marker):
    """Hostile files, and honest ones."""
    return [content for content in attacks(marker).values() if content]


def mutated(content, chance):
    """A file with some bytes changed, cut out, repeated, or taken from elsewhere in it."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(changed) + 1)
        length = chance.choice([1, 1, 1, 4, 30])
        elsewhere = chance.randrange(len(changed) + 1)
        patch = chance.choice(
            [chance.randbytes(1), b"", chance.choice(_OPCODES), bytes(changed[elsewhere:][:length])]
        )
        changed[place : place + chance.choice([0, 1, length])] = patch
    return bytes(changed)


_OPCODES = [getattr(pickle, name) for name in pickle.__all__ if name.isupper() and len(name) > 2]
_OPCODES = [opcode for opcode in _OPCODES if isinstance(opcode, bytes)]


def rounds(seconds, seeds):
    seed = random.randrange(10**9)  # noqa: S311  (chance, not secrecy)
    chance = random.Random(seed)  # noqa: S311  (likewise)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield seed, mutated(chance.choice(seeds), chance)


def test_the_scan_of_a_mutated_file_always_ends_in_words(request, seeds, marker):
    seconds = request.config.getoption("--fuzz-seconds", None) or SECONDS
    for seed, content in rounds(seconds, seeds):
        began = time.monotonic()
        scanned = scan(content, own_names())
        assert time.monotonic() - began < 5, (seed, content)
        assert all(isinstance(finding, str) for finding in scanned.findings)
        assert not marker.exists(), (seed, content)


def test_the_examination_of_a_mutated_file_never_crashes_runs_or_hangs(
    request, seeds, marker, inspector
):
    inspector.examine(pickle.dumps(1), Conditions())
    room = inspector._all[0]._process
    seconds = request.config.getoption("--fuzz-seconds", None) or SECONDS
    for seed, content in rounds(seconds, seeds):
        began = time.monotonic()
        verdict = inspector.examine(content, Conditions())
        assert time.monotonic() - began < 5, (seed, content)
        assert not any("ended the process" in each for each in verdict.findings), (seed, content)
        assert not any("examination failed" in each for each in verdict.findings), (seed, content)
        assert not marker.exists(), (seed, content)
        assert inspector._all[0]._process is room, (seed, content)
