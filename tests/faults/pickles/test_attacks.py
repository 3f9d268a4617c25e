"""What a registration and a prediction do with every attack, by either policy."""

from itertools import cycle

import pytest

from jobs.models.inspection_result import InspectionConditions
from jobs.sandbox.model_processes import INSPECTION_LIMITS
from jobs.sandbox.model_session import ModelFailure
from runtimes.catalog import DEFAULT_RUNTIME
from tests.unit.jobs.pickles.attacks import COMPRESSIONS, attacks
from tests.unit.jobs.pickles.test_attacks import LOADED


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


def test_behind_the_wall_no_attack_reaches_this_machine(marker, inspector):
    quarantined = 0
    for name, content in attacks(marker).items():
        result = inspector.inspect(content, InspectionConditions())
        assert result.may_predict or result.findings, name
        assert not marker.exists(), name
        quarantined += not result.may_predict
    assert quarantined > 250


def test_by_exact_names_every_attack_is_quarantined_and_none_runs(marker, strict_inspector):
    for name, content in forms(marker):
        if any(words in name for words in _HIDDEN):
            continue
        result = strict_inspector.inspect(content, InspectionConditions(is_strict=True))
        assert not result.may_predict, name
        assert result.findings, name
        assert not any("ended its process" in each for each in result.findings), name
        assert not marker.exists(), name


def test_at_prediction_exact_names_refuse_every_attack_and_none_runs(marker, strict_processes):
    for name, content in attacks(marker).items():
        with strict_processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as session:
            if name in LOADED:
                assert not session.load(content, strict=True).predicts, name
                continue
            with pytest.raises(ModelFailure):
                session.load(content, strict=True)
        assert not marker.exists(), name
