import pytest

from shared.errors import FailedPrecondition
from shared.registry.approval import require_approval
from shared.registry.model_version import ModelVersion, RegisteredModel, Status


def registered(status, *findings):
    return RegisteredModel(
        version=ModelVersion("titanic", "v3"),
        bucket="models",
        generation=1,
        size_bytes=1,
        crc32c="",
        sha256=None,
        status=status,
        findings=findings,
    )


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PROVED])
def test_an_approved_and_a_proved_model_may_be_used(status):
    require_approval(registered(status, "the model has no column names"), "dev")


def test_a_quarantined_model_is_refused_with_its_findings():
    with pytest.raises(FailedPrecondition, match=r"titanic/v3 is quarantined: one; two") as caught:
        require_approval(registered(Status.QUARANTINED, "one", "two"), "dev")
    assert caught.value.reason == "MODEL_QUARANTINED"


def test_an_uninspected_model_is_refused_with_what_inspects_it():
    with pytest.raises(FailedPrecondition, match="mlsys reconcile --env=prod") as caught:
        require_approval(registered(Status.UNINSPECTED), "prod")
    assert caught.value.reason == "MODEL_UNINSPECTED"
