from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from shared.registry.signature import InputColumn, ModelSignature
from shared.settings.settings import Settings


def test_conditions_survive_json():
    conditions = InspectionConditions(
        allowed_names=("mine:Clip",),
        allowed_sklearn_versions=("1.8",),
        metadata={"target": "price", "features": ["größe"]},
    )
    assert InspectionConditions.from_json(conditions.to_json()) == conditions


def test_a_result_survives_json():
    result = InspectionResult(
        is_approved=True,
        findings=("one", "two"),
        estimator="sklearn.svm._classes.SVC",
        sklearn_version="1.9.1",
        signature=ModelSignature((InputColumn("größe"),)),
    )
    assert InspectionResult.from_json(result.to_json()) == result


def test_the_conditions_of_a_deployment_are_its_settings_and_the_model_s_metadata():
    settings = Settings.from_environ(
        {
            "GCP_PROJECT_ID": "p",
            "MLSYS_ALLOWED_PICKLE_NAMES": "mine:Clip,mine:clip",
            "MLSYS_ALLOWED_SKLEARN_VERSIONS": "1.8",
        }
    )
    assert InspectionConditions.of(settings, {"target": "price"}) == InspectionConditions(
        allowed_names=("mine:Clip", "mine:clip"),
        allowed_sklearn_versions=("1.8",),
        metadata={"target": "price"},
    )
    assert InspectionConditions.of(settings).metadata == {}


def test_a_quarantined_model_is_not_approved():
    result = quarantined("one", "two", sklearn_version="1.9.1")
    assert (result.is_approved, result.findings) == (False, ("one", "two"))
    assert (result.sklearn_version, result.signature) == ("1.9.1", None)
