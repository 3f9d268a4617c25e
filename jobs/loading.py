"""From a registry row to a model that can score."""

from dataclasses import dataclass
from typing import Any

from jobs.artifacts import read_model
from jobs.estimators import PredictionKind, feature_names, load_estimator, prediction_kind
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.models import RegisteredModel, Status


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A registered model in memory.

    Attributes:
        estimator: the fitted scikit-learn estimator.
        features: names of the columns that it wants, in its order.
    """

    registered: RegisteredModel
    estimator: Any
    features: tuple[str, ...]
    kind: PredictionKind


def load_model(registered: RegisteredModel, clients: Clients) -> LoadedModel:
    """Load the very generation that was registered.

    Raises:
        FailedPrecondition: when it is quarantined, or is no model that can predict.
        NotFound: when the generation is gone.
        DataLoss: when its bytes are not those that were registered.
    """
    if registered.status is Status.QUARANTINED:
        raise FailedPrecondition(
            f"model {registered.version} is quarantined: {'; '.join(registered.findings)}",
            reason="MODEL_QUARANTINED",
            model=str(registered.version),
        )
    estimator = load_estimator(read_model(clients.storage, registered))
    return LoadedModel(
        registered=registered,
        estimator=estimator,
        features=feature_names(estimator, registered.metadata),
        kind=prediction_kind(estimator),
    )
