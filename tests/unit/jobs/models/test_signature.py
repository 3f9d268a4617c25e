"""Signatures: what the model tells, what metadata.json declares, and where they disagree."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jobs.models.consistency import consistency_findings
from jobs.models.signature import (
    example_rows,
    feature_names,
    input_names,
    model_outputs,
    model_signature,
    require_supported_labels,
)
from jobs.publishing.author_model import describe
from shared.errors import FailedPrecondition
from shared.registry.signature import ModelSignature

FRAME = pd.DataFrame({"age": [1.0, 2.0, 3.0, 4.0], "fare": [1.0, 0.0, 1.0, 0.0]})
LABELS = [0, 0, 1, 1]
MODEL = describe(LogisticRegression().fit(FRAME, LABELS))
NAMELESS = describe(LogisticRegression().fit(FRAME.to_numpy(), LABELS))
TWO = describe(KNeighborsClassifier(1).fit(FRAME, np.array([["a", "x"], ["b", "y"]] * 2)))


def signature(model, metadata):
    """The signature as the registry stores it."""
    return model_signature(model, metadata).to_json()


def declared(*inputs, outputs=()):
    return {"signature": {"inputs": list(inputs), "outputs": list(outputs)}}


def test_what_nobody_declares_is_inferred_and_marked_so():
    example = {"input_example": [{"age": 3, "fare": None}, {"age": 3.5, "fare": None}]}
    found = signature(MODEL, {"target": "alive", **example})
    assert found["inputs"] == [
        {"name": "age", "type": "FLOAT", "nullable": None, "inferred": ["type"]},
        {"name": "fare", "type": None, "nullable": True, "inferred": ["nullable"]},
    ]
    assert found["n_features"] == 2
    assert found["outputs"] == [
        {"name": "alive", "type": "INTEGER", "classes": [0, 1], "inferred": ["type", "classes"]}
    ]


def test_what_is_declared_goes_before_what_an_example_tells_and_the_rest_is_inferred():
    metadata = declared({"name": "age", "type": "INT64"}, {"name": "fare", "nullable": False})
    found = signature(MODEL, {**metadata, "input_example": {"age": 2.5, "fare": None}})
    assert found["inputs"] == [
        {"name": "age", "type": "INTEGER", "nullable": None, "inferred": []},
        {"name": "fare", "type": None, "nullable": False, "inferred": []},
    ]
    assert signature(MODEL, {"input_example": {"age": 1, "fare": "x"}, **metadata})["inputs"][
        1
    ] == {
        "name": "fare",
        "type": "STRING",
        "nullable": False,
        "inferred": ["type"],
    }


def test_a_declared_output_is_not_inferred():
    output = {"name": "alive", "type": "INT64", "classes": [0, 1], "description": "who lived"}
    found = signature(MODEL, {"target": "alive", **declared(outputs=[output])})
    assert found["outputs"] == [{**output, "type": "INTEGER", "inferred": []}]


@pytest.mark.parametrize("model", [MODEL, TWO, NAMELESS])
def test_a_signature_survives_the_registry(model):
    output = {"name": "alive", "type": "INT64", "description": "who lived"}
    found = model_signature(model, {"features": ["a", "b"], **declared(outputs=[output])})
    assert ModelSignature.from_json(found.to_json() | {"of_a_later_release": 1}) == found


def test_other_declared_attributes_are_kept_and_null_is_left_out():
    inputs = {"name": "age", "unit": "years", "note": None, "classes": ["old"]}
    outputs = {"name": "price", "nullable": False, "note": None}
    model = describe(LinearRegression().fit(FRAME, LABELS))
    found = signature(model, {"target": "price", **declared(inputs, outputs=[outputs])})
    assert {"unit": "years", "classes": ["old"]}.items() <= found["inputs"][0].items()
    assert found["outputs"][0]["nullable"] is False
    assert not {"note"} & {*found["inputs"][0], *found["outputs"][0]}


def test_a_model_that_takes_missing_values_takes_null():
    model = describe(HistGradientBoostingRegressor(max_iter=1).fit(FRAME, LABELS))
    assert [each["nullable"] for each in signature(model, {})["inputs"]] == [True, True]


def test_a_model_that_agrees_with_its_metadata_has_no_findings():
    metadata = {"features": ["age", "fare"], "key_columns": ["id"], "target": "alive"}
    inputs = [{"name": "fare", "type": "FLOAT"}, {"name": "age", "type": "FLOAT"}]
    metadata |= declared(*inputs, outputs=[{"name": "alive", "type": "INT64"}])
    assert consistency_findings(metadata, model_signature(MODEL, metadata)) == ()
    assert consistency_findings({}, model_signature(TWO, {})) == ()


@pytest.mark.parametrize(
    ("model", "metadata", "sentence"),
    [
        (MODEL, {"features": ["fare", "age"]}, "was fitted on age, fare: the model's own are used"),
        (NAMELESS, {"features": ["age"]}, "lists 1 features, but the model was fitted on 2"),
        (MODEL, declared({"name": "sex"}), "has the inputs sex, which are no features"),
        (TWO, {"targets": ["a"]}, "names 1 targets (a), and the model predicts 2 outputs"),
        (MODEL, {"targets": ["a", "b"]}, "names 2 targets (a, b), and the model predicts 1"),
        (TWO, declared(outputs=[{"name": "prediction_1"}]), "has 1 outputs, and the model pred"),
        (MODEL, declared(outputs=[{"name": "y"}]), "calls an output y: predictions are called"),
        (
            MODEL,
            declared(outputs=[{"name": "prediction", "type": "FLOAT64"}]),
            "has prediction as FLOAT64, and the model predicts INTEGER",
        ),
        (MODEL, {"target": "Id", "key_columns": ["id"]}, "has id as key column and as name"),
    ],
)
def test_a_contradiction_is_one_sentence(model, metadata, sentence):
    found = consistency_findings(metadata, model_signature(model, metadata))
    assert len(found) == 1
    assert sentence in found[0]


def test_a_regressor_of_one_output_is_called_by_its_target():
    model = describe(LinearRegression().fit(FRAME, LABELS))
    found = signature(model, {"target": "price"})
    assert found["outputs"] == [{"name": "price", "type": "FLOAT", "inferred": ["type"]}]


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["no", "yes", "no", "yes"], "STRING"),
        ([0, 1, 0, 1], "INTEGER"),
        ([0.0, 1.0, 0.0, 1.0], "FLOAT"),
        ([False, True, False, True], "BOOLEAN"),
    ],
)
def test_an_output_has_the_type_of_its_labels(labels, kind):
    model = describe(LogisticRegression().fit(FRAME, labels))
    (output,) = model_outputs(model, {})
    assert (output.name, output.type) == ("prediction", kind)
    assert output.classes == tuple(labels[:2])


def test_each_output_of_a_classifier_has_its_labels():
    assert [(each.name, each.type, each.classes) for each in model_outputs(TWO, {})] == [
        ("prediction_1", "STRING", ("a", "b")),
        ("prediction_2", "STRING", ("x", "y")),
    ]


def test_labels_without_a_type_in_bigquery_are_refused_and_have_no_type():
    estimator = LogisticRegression().fit(FRAME, LABELS)
    estimator.classes_ = np.array([1j, 2j])
    model = describe(estimator)
    with pytest.raises(FailedPrecondition, match=r"labels .complex128. have no type") as caught:
        require_supported_labels(model)
    assert caught.value.reason == "UNSUPPORTED_LABELS"
    assert [each.type for each in model_outputs(model, {})] == [None]
    require_supported_labels(MODEL)


@pytest.mark.parametrize(
    ("estimator", "count"),
    [
        (LinearRegression().fit(FRAME, FRAME["age"]), 1),
        (LinearRegression().fit(FRAME, FRAME), 2),
        (make_pipeline(StandardScaler(), LinearRegression()).fit(FRAME, FRAME), 2),
    ],
    ids=str,
)
def test_a_regressor_predicts_as_many_numbers_as_it_was_fitted_on(estimator, count):
    assert [each.type for each in model_outputs(describe(estimator), {})] == ["FLOAT"] * count


def test_the_targets_of_the_metadata_say_how_many_numbers_a_regressor_predicts():
    model = describe(LinearRegression().fit(FRAME, FRAME["age"]))
    outputs = model_outputs(model, {"targets": ["a", "b", "c"]})
    assert [(each.name, each.type) for each in outputs] == [(name, "FLOAT") for name in "abc"]


def test_a_clusterer_predicts_the_number_of_a_cluster():
    (output,) = model_outputs(describe(KMeans(2, n_init=1).fit(FRAME)), {})
    assert (output.type, output.classes) == ("INTEGER", None)


def test_features_are_the_model_s_else_the_metadata_s():
    assert feature_names(MODEL, {"features": ["other"]}) == ("age", "fare")
    assert feature_names(NAMELESS, {"features": ["one", 2]}) == ("one", "2")
    assert input_names(NAMELESS, {}) == []
    with pytest.raises(FailedPrecondition, match="does not know its feature columns") as caught:
        feature_names(NAMELESS, {})
    assert caught.value.reason == "FEATURES_UNKNOWN"


def test_a_column_of_texts_is_a_string():
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(
        ["good day", "bad day"], [0, 1]
    )
    found = model_signature(describe(model), {"features": ["comment"]})
    assert [(each.name, each.type) for each in found.inputs] == [("comment", "STRING")]


def test_the_first_examples_are_looked_at():
    examples = [{"a": 1.5}] * 100 + [{"a": None}] * 300_000
    assert len(example_rows({"input_example": examples})) == 100
