"""Whether a registered model may be relied on: to predict, to be given an alias, to be promoted."""

from shared.errors import FailedPrecondition
from shared.registry.models import RegisteredModel, Status


def require_approval(registered: RegisteredModel, environment: str) -> None:
    """Refuse a model that the registry of an environment has not approved.

    Raises:
        FailedPrecondition: when it is quarantined, or has not been inspected.
    """
    if registered.status is Status.QUARANTINED:
        raise FailedPrecondition(
            f"model {registered.version} is quarantined: {'; '.join(registered.findings)}",
            reason="MODEL_QUARANTINED",
            model=str(registered.version),
        )
    if registered.status is not Status.APPROVED:
        raise FailedPrecondition(
            f"model {registered.version} has not been inspected: "
            f"python -m jobs register --env={environment}, or GET /model-registry, does so",
            reason="MODEL_UNINSPECTED",
            model=str(registered.version),
        )
