"""Hostile models made of allowed names: the scan lets them through, and validation does not."""

import pytest

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.safe_load import load_strictly
from jobs.pickles.scan import scan
from tests.unit.jobs.pickles.altered.corpus import KINDS, attacks

FEWEST = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("altered")


@pytest.fixture(scope="module")
def files(folder):
    return dict(attacks(folder))


def test_there_are_many_attacks_of_every_kind(files):
    assert len(files) >= FEWEST
    assert {name.partition(":")[0] for name in files} == set(KINDS)


def test_the_table_of_names_alone_does_not_stop_them(files):
    stopped = {name for name, file in files.items() if scan(file, default_names()).findings}
    assert len(stopped) < len(files) / 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_attack_is_refused_before_it_predicts(kind, files, folder):
    for name, file in files.items():
        if name.startswith(f"{kind}:") and not scan(file, default_names()).findings:
            with pytest.raises(UnsafePickleError):
                load_strictly(file)
    assert not list(folder.iterdir())
