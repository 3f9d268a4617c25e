"""What the registry and a prediction do with every attack, as it is and compressed."""

from itertools import cycle

import pytest
from jobs.models.loading import load_estimator

from jobs.models.inspection_result import InspectionConditions
from shared.errors import FailedPrecondition
from shared.settings.settings import Settings
from tests.unit.jobs.pickles.attacks import COMPRESSIONS, attacks


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    return tmp_path_factory.mktemp("attacks") / "marker"


def forms(marker):
    """Each attack as it is, and compressed in one of the ways that joblib knows, in turn."""
    for (name, content), compression in zip(attacks(marker).items(), cycle(COMPRESSIONS)):
        yield name, content
        yield f"{name}, {compression}", COMPRESSIONS[compression](content)


# An inspection forks for each; the unit tests run the scan and the loader on these forms.
_HIDDEN = (", before a model", ", in a model", ", in an array")


def test_at_registration_every_attack_is_quarantined_and_none_runs(marker, inspector):
    for name, content in forms(marker):
        if any(words in name for words in _HIDDEN):
            continue
        result = inspector.inspect(content, InspectionConditions())
        assert not result.is_approved, name
        assert result.findings, name
        assert not any("ended the process" in each for each in result.findings), name
        assert not marker.exists(), name


def test_at_prediction_every_attack_is_refused_and_none_runs(marker):
    settings = Settings.from_environ({"GCP_PROJECT_ID": "none"})
    for name, content in forms(marker):
        with pytest.raises(FailedPrecondition, match=r"model\.pkl is not loaded"):
            load_estimator(content, settings)
        assert not marker.exists(), name
