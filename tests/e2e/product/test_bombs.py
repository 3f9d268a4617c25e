"""Bombs and attacks, dropped into the bucket as models are: recorded, and nobody else waits."""

import pytest
from sklearn.dummy import DummyClassifier

from tests.faults.pickles.bombs import BOMBS
from tests.unit.jobs.pickles.attacks import attacks

# How each is stopped: by what it announces, by memory, by time, by its keys.
DROPPED = [
    "a gibibyte in zlib",
    "an array of half a gibibyte",
    "an array of a pebibyte",
    "keys that collide",
    "a hash without end",
]


def rows_of(registered, name):
    return [(row["status"], row["findings"]) for row in registered(name, "status IS NOT NULL")]


def test_every_bomb_is_recorded_as_quarantined_and_the_next_model_approved(
    models_bucket, registered
):
    names = {f"bomb-{place}": name for place, name in enumerate(DROPPED)}
    for model, name in names.items():
        models_bucket.put(f"{model}/v1/model.pkl", BOMBS[name]())
    honest = models_bucket.drop(DummyClassifier(random_state=41).fit([[0]], [41]))
    for model, name in names.items():
        ((status, findings),) = rows_of(registered, model)
        assert status == "quarantined", name
        assert findings, name
    assert rows_of(registered, honest)[0][0] == "approved"


@pytest.mark.parametrize("name", ["os.system", "a call in an array of joblib", "zlib of a call"])
def test_an_attack_is_recorded_with_what_it_calls_and_does_not_run(
    name, models_bucket, registered, tmp_path
):
    marker = tmp_path / "marker"
    model = f"attack-{len(name)}"
    models_bucket.put(f"{model}/v1/model.pkl", attacks(marker)[name])
    ((status, findings),) = rows_of(registered, model)
    assert status == "quarantined"
    assert "which no model needs" in findings[0]
    assert not marker.exists()
