import json

import pytest

from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from shared.registry.model_version import Status
from shared.registry.signature import InputColumn, ModelSignature
from shared.settings.settings import Settings


def test_conditions_that_differ_are_other_json():
    metadata = {"target": "price", "features": ["größe"]}
    differing = [
        InspectionConditions(),
        InspectionConditions(is_strict=True),
        InspectionConditions(allowed_names=("mine:Clip",)),
        InspectionConditions(metadata=metadata),
    ]
    assert len({each.to_json() for each in differing}) == len(differing)
    assert json.loads(differing[3].to_json())["metadata"] == metadata


def test_a_result_is_a_json_object():
    result = InspectionResult(
        status=Status.PROVED,
        findings=("one", "two"),
        estimator="sklearn.svm._classes.SVC",
        sklearn_version="1.9.1",
        runtime="sklearn-1.9",
        signature=ModelSignature((InputColumn("größe"),)),
    )
    assert json.loads(result.to_json()) == {
        "status": "proved",
        "findings": ["one", "two"],
        "estimator": "sklearn.svm._classes.SVC",
        "sklearn_version": "1.9.1",
        "runtime": "sklearn-1.9",
        "signature": result.signature.to_json(),
        "is_suspicious": False,
    }


@pytest.mark.parametrize(("policy", "is_strict"), [("walled", False), ("strict", True)])
def test_the_conditions_of_a_deployment_are_its_settings_and_the_model_s_metadata(
    policy, is_strict
):
    settings = Settings.from_environ(
        {
            "GCP_PROJECT_ID": "p",
            "MLSYS_MODEL_POLICY": policy,
            "MLSYS_ALLOWED_PICKLE_NAMES": "mine:Clip,mine:clip",
        }
    )
    assert InspectionConditions.of(settings, {"target": "price"}) == InspectionConditions(
        is_strict=is_strict,
        allowed_names=("mine:Clip", "mine:clip"),
        metadata={"target": "price"},
    )
    assert InspectionConditions.of(settings).metadata == {}


def test_an_approved_and_a_proved_model_may_predict():
    assert [status for status in Status if InspectionResult(status=status).may_predict] == [
        Status.APPROVED,
        Status.PROVED,
    ]


def test_a_quarantined_model_may_not_predict_and_keeps_what_is_known_of_it():
    result = quarantined("one", "two", sklearn_version="1.9.1", is_suspicious=True)
    assert (result.may_predict, result.findings) == (False, ("one", "two"))
    assert (result.sklearn_version, result.signature) == ("1.9.1", None)
    assert result.is_suspicious


def test_findings_are_bounded_and_printable_whatever_they_quote():
    result = quarantined("\n\x1b[31mforged\u202e" + "x" * 10**6, *["more"] * 10_000)
    assert all(each.isprintable() for each in result.findings)
    assert sum(map(len, result.findings)) < 10_000


def test_conditions_that_nest_deep_have_a_text():
    nested = []
    for _ in range(1500):
        nested = [nested]
    assert InspectionConditions(metadata={"x": nested}).to_json().count("[") > 1500
