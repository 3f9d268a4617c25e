"""No attack is approved and none runs: not in the scan, and not in the loader without a scan."""

import pickle

import pytest
from sklearn.pipeline import Pipeline

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.safe_load import load_strictly
from jobs.pickles.scan import scan
from tests.unit.jobs.pickles.attacks import HONEST, attacks

NAMES = sorted(attacks("marker"))

# These break no rule of the scan; the validation refuses what they hold.
PASS_THE_SCAN = {
    "a class",
    "a list in a list in a list",
    "a tree whose feature is 7",
    "a tree whose left_child is 0",
    "a tree whose left_child is 1000000000",
    "a tree whose right_child is 0",
    "a model that predicts otherwise",
    "a model of one that predicts otherwise",
}


# These are loaded, and are no models: the inspection says so.
LOADED = {"a list in a list in a list"}


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    return tmp_path_factory.mktemp("attacks") / "marker"


@pytest.fixture(scope="module")
def files(marker):
    return attacks(marker)


def test_there_are_hundreds_of_attacks_and_some_are_live(files, marker):
    assert len(files) > 300
    for name in ("os.system", "exec", "GLOBAL in protocol 0", "a call in joblib 2"):
        pickle.loads(files[name])  # noqa: S301  (this once, to know that it would run)
        assert marker.exists()
        marker.unlink()


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_refused_by_the_scan_and_nothing_runs(name, files, marker):
    scanned = scan(files[name], default_names())
    if name not in PASS_THE_SCAN:
        assert scanned.findings
    assert not marker.exists()


@pytest.mark.parametrize("name", sorted(set(NAMES) - LOADED))
def test_an_attack_is_refused_by_the_loader_alone_and_nothing_runs(name, files, marker):
    methods = dict(vars(Pipeline))
    with pytest.raises(UnsafePickleError):
        load_strictly(files[name])
    assert not marker.exists()
    assert dict(vars(Pipeline)) == methods


@pytest.mark.parametrize("name", sorted(LOADED))
def test_what_the_loader_loads_nevertheless_is_no_fitted_model(name, files):
    assert not hasattr(load_strictly(files[name]), "predict")


def test_the_model_that_attacks_hide_in_is_honest():
    assert scan(HONEST, default_names()).findings == ()
    assert load_strictly(HONEST).predict([[1.0]]) == [1]
