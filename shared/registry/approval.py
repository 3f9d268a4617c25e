"""Whether a registered model may be used: to predict, for an alias, for a promotion.

The module stays alone so that commands that load no model need not import scikit-learn. Pure.
"""

from shared.errors import FailedPrecondition
from shared.registry.model_version import RegisteredModel, Status


def require_approval(registered: RegisteredModel, environment: str) -> None:
    """Require a model that the registry of an environment has approved.

    Raises:
        FailedPrecondition: when it is quarantined, or has not been inspected.
    """
    if registered.status is Status.QUARANTINED:
        raise FailedPrecondition(
            f"model {registered.version} is quarantined: {'; '.join(registered.findings)}",
            reason="MODEL_QUARANTINED",
            model=str(registered.version),
        )
    if not registered.status.may_predict:
        raise FailedPrecondition(
            f"model {registered.version} has not been inspected: "
            f"mlsys reconcile --env={environment}, or GET /model-registry, does so",
            reason="MODEL_UNINSPECTED",
            model=str(registered.version),
        )
