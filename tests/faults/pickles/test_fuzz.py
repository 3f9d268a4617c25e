"""Mutated models, honest and hostile: no crash, no execution, no hang.

A few seconds of it in every run of the tests; longer by `make fuzz`.
"""

import os
import pickle
import random
import signal
import time
import zlib
from contextlib import suppress

import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from jobs.models.inspection_result import InspectionConditions
from jobs.pickles.allowed_names import default_names
from jobs.pickles.limits import Limits
from jobs.pickles.read_facts import read_facts
from jobs.pickles.safe_load import load_scanned
from jobs.pickles.scan import scan
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.pickles.test_honest import dumped

SECONDS = 3.0
# A file that takes longer hangs, however busy the machine is; test_workers.py has the bombs.
MAX_SECONDS = 60
LOADS_PER_PROCESS = 50
LIMITS = Limits(memory_bytes=1 << 28, content_bytes=1 << 26, opcodes=100_000)


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "marker"


def honest():
    numbers, words = [[0.0, 1.0], [1.0, 2.0], [2.0, 0.0], [3.0, 5.0]], ["a b", "b", "c d", "d"]
    target = [0, 1, 0, 1]
    yield RandomForestClassifier(2, max_depth=2).fit(numbers, target)
    yield HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=1).fit(numbers, target)
    yield KNeighborsClassifier(2, algorithm="kd_tree").fit(numbers, target)
    yield SVC().fit(numbers, target)
    encoder = make_column_transformer((OneHotEncoder(max_categories=2), [0]))
    yield make_pipeline(encoder, DummyClassifier()).fit(numbers, target)
    yield make_pipeline(TfidfVectorizer(token_pattern="."), SVC()).fit(words, target)


@pytest.fixture(scope="module")
def seeds(marker):
    """Hostile files, and honest ones in several forms."""
    hostile = [content for content in attacks(marker).values() if content]
    models = list(honest())
    forms = [dumped(model) for model in models]
    forms += [pickle.dumps(model, protocol) for model in models for protocol in (0, 2, 5)]
    return hostile + forms * (len(hostile) // len(forms))


def mutated(content, chance):
    """A file with some bytes changed, cut out, repeated or copied from another position."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        index = chance.randrange(len(changed) + 1)
        length = chance.choice([1, 1, 1, 4, 30])
        elsewhere = chance.randrange(len(changed) + 1)
        patch = chance.choice(
            [chance.randbytes(1), b"", chance.choice(_OPCODES), bytes(changed[elsewhere:][:length])]
        )
        changed[index : index + chance.choice([0, 1, length])] = patch
    return zlib.compress(changed) if chance.random() < _COMPRESSED else bytes(changed)


_COMPRESSED = 0.1
_OPCODES = [getattr(pickle, name) for name in pickle.__all__ if name.isupper() and len(name) > 2]
_OPCODES = [opcode for opcode in _OPCODES if isinstance(opcode, bytes)]


@pytest.fixture
def rounds(request, seeds):
    """Random seeds and mutated files until the time is over; prints how many there were."""
    seconds = request.config.getoption("--fuzz-seconds", None) or SECONDS
    count = 0

    def until_the_end():
        nonlocal count
        deadline = time.monotonic() + seconds
        seed = random.randrange(10**9)  # noqa: S311  (chance, not secrecy)
        chance = random.Random(seed)  # noqa: S311  (likewise)
        while time.monotonic() < deadline:
            count += 1
            yield seed, mutated(chance.choice(seeds), chance)

    yield until_the_end()
    print(f"\n{request.node.name}: {count:,} files in {seconds:.0f} s")  # noqa: T201  (with -s)


def test_the_scan_of_a_mutated_file_always_ends_with_sentences(rounds, marker):
    for seed, content in rounds:
        began = time.process_time()
        scanned = scan(content, default_names())
        assert time.process_time() - began < MAX_SECONDS, (seed, content)
        assert all(isinstance(finding, str) for finding in scanned.findings)
        assert not marker.exists(), (seed, content)


def test_the_facts_of_a_mutated_file_are_always_read(rounds, marker):
    for seed, content in rounds:
        began = time.process_time()
        facts = read_facts(content)
        assert time.process_time() - began < MAX_SECONDS, (seed, content)
        assert facts.problem is None or isinstance(facts.problem, str)
        assert not marker.exists(), (seed, content)


def test_the_loader_alone_never_crashes_runs_or_hangs(rounds, marker, tmp_path):
    """Without a scan. In other processes, because a crash would end this one."""
    last = tmp_path / "last"
    files = iter(rounds)
    while batch := [file for _, file in zip(range(LOADS_PER_PROCESS), files, strict=False)]:
        if not (child := os.fork()):
            _load_and_exit([content for _, content in batch], last)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, (batch[0][0], last.read_bytes())
        assert not marker.exists(), batch[0][0]


def _load_and_exit(contents, last):
    for content in contents:
        last.write_bytes(content)
        signal.alarm(MAX_SECONDS)  # ends a process that hangs
        # Anything may be raised. A loaded model predicts, because compiled code could crash.
        # One thread, because the others of OpenMP do not survive a fork.
        with suppress(Exception), threadpool_limits(1):
            loaded = load_scanned(content, default_names(), LIMITS)
            loaded.predict([[0.0, 1.0], [9.0, 9.0]])
    os._exit(0)


def test_the_inspection_of_a_mutated_file_never_runs_it_nor_hangs(rounds, marker, inspect):
    for seed, content in rounds:
        began = time.monotonic()
        result = inspect(content)
        assert time.monotonic() - began < MAX_SECONDS, (seed, content)
        assert result.may_predict or result.findings, (seed, content)
        assert not marker.exists(), (seed, content)


def test_the_scanning_process_survives_every_mutated_file(rounds, inspector):
    scanner = inspector._scanner
    scanner.scan(pickle.dumps(1))
    process = scanner.start()
    for seed, content in rounds:
        assert not scanner.scan(content).findings, (seed, content)
        assert scanner.start() is process, (seed, content)


def test_what_exact_names_load_never_ends_its_process(rounds, strict_inspector):
    conditions = InspectionConditions(is_strict=True)
    for seed, content in rounds:
        findings = strict_inspector.inspect(content, conditions).findings
        assert not any("ended its process" in each for each in findings), (seed, content)
