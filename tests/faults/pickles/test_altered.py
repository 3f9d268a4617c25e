"""What a registration and a prediction do with hostile models of allowed names only."""

import pytest

from jobs.models.inspection_result import InspectionConditions
from jobs.sandbox.model_processes import INSPECTION_LIMITS
from jobs.sandbox.model_session import ModelFailure
from runtimes.catalog import DEFAULT_RUNTIME
from tests.unit.jobs.pickles.altered.corpus import attacks


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("altered")


@pytest.fixture(scope="module")
def files(folder):
    return dict(attacks(folder))


def test_behind_the_wall_none_writes_anything(files, folder, inspector):
    for name, file in files.items():
        result = inspector.inspect(file, InspectionConditions())
        assert result.may_predict or result.findings, name
        assert not list(folder.iterdir()), name


def test_by_exact_names_every_attack_is_quarantined_and_writes_nothing(
    files, folder, strict_inspector
):
    for name, file in files.items():
        result = strict_inspector.inspect(file, InspectionConditions(is_strict=True))
        assert not result.may_predict, name
        assert result.findings, name
        assert not any("ended its process" in each for each in result.findings), name
        assert not list(folder.iterdir()), name


def test_at_prediction_exact_names_refuse_every_attack(files, folder, strict_processes):
    for name, file in files.items():
        with (
            strict_processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as session,
            pytest.raises(ModelFailure),
        ):
            session.load(file, strict=True)
        assert not list(folder.iterdir()), name
