"""What the registry and a prediction do with hostile models that are made of allowed names only."""

import pytest
from jobs.models.loading import load_estimator

from jobs.models.inspection_result import InspectionConditions
from shared.errors import FailedPrecondition
from shared.settings.settings import Settings
from tests.unit.jobs.pickles.altered.corpus import attacks


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("altered")


@pytest.fixture(scope="module")
def files(folder):
    return dict(attacks(folder))


def test_at_registration_every_attack_is_quarantined_and_writes_nothing(files, folder, inspector):
    for name, file in files.items():
        result = inspector.inspect(file, InspectionConditions())
        assert not result.is_approved, name
        assert result.findings, name
        assert not any("ended the process" in each for each in result.findings), name
        assert not any("inspection failed" in each for each in result.findings), name
        assert not list(folder.iterdir()), name


def test_at_prediction_every_attack_is_refused_and_writes_nothing(files, folder):
    settings = Settings.from_environ({"GCP_PROJECT_ID": "none"})
    for name, file in files.items():
        with pytest.raises(FailedPrecondition, match=r"model\.pkl is not loaded"):
            load_estimator(file, settings)
        assert not list(folder.iterdir()), name
