"""What is around a model, as its author is told."""

import pytest
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

from runtimes.model_process.containers import parts

MODEL, SCALER = LinearRegression(), StandardScaler()


@pytest.mark.parametrize("model", [MODEL, "text", 1, None])
def test_other_objects_have_no_parts(model):
    assert parts(model) is None


def test_entries_have_their_key_and_what_they_can():
    (model, scaler, kind) = parts({"model": MODEL, 2: SCALER, "kind": StandardScaler})
    assert (model["key"], model["is_text_key"], model["predicts"]) == ("model", True, True)
    assert (scaler["key"], scaler["is_text_key"], scaler["transforms"]) == ("2", False, True)
    assert not kind["transforms"]
    assert [each["key"] for each in parts((1, MODEL))] == ["0", "1"]


def test_an_entry_holds_what_matters_only():
    named, plain = parts({"models": {"a": {"b": [MODEL]}}, "metrics": {"r2": [0.5]}})
    assert named["holds"][0]["holds"][0]["holds"][0]["predicts"]
    assert plain["holds"] == []


def test_lengths_and_depths_are_bounded():
    deep = [MODEL]
    for _ in range(1_000):
        deep = [deep]
    (found,) = parts(deep)
    assert found["holds"] == []
    assert len(parts([0] * 1_000)) == 20
    assert len(parts({"k" * 5_000: 1})[0]["key"]) == 100
