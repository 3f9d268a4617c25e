"""From a registry row to a model that can score."""

from dataclasses import dataclass
from typing import Any

from jobs.models.approval import require_approval
from jobs.models.artifacts import read_model
from jobs.models.estimators import PredictionKind, feature_names, prediction_kinds
from jobs.models.inspection import safe_load_model
from jobs.models.inspection_result import Conditions
from jobs.pickles.refusals import UnsafePickleError
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.registry.models import RegisteredModel
from shared.settings.settings import Settings


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
    kinds: tuple[PredictionKind, ...]


def load_model(registered: RegisteredModel, clients: Clients) -> LoadedModel:
    """Load the very generation that was registered.

    Raises:
        FailedPrecondition: when it is not approved, or is no model that can predict.
        NotFound: when the generation is gone.
        DataLoss: when its bytes are not those that were registered.
    """
    require_approval(registered, clients.settings.environment)
    content = read_model(clients.storage, registered)
    estimator = load_estimator(content, clients.settings)
    return LoadedModel(
        registered=registered,
        estimator=estimator,
        features=feature_names(estimator, registered.metadata),
        kinds=prediction_kinds(estimator, registered.metadata),
    )


def load_estimator(content: bytes, settings: Settings) -> Any:
    """The estimator that a model.pkl holds, scanned and loaded as at its registration.

    Raises:
        FailedPrecondition: when a model may not be like that, or what it holds cannot predict.
    """
    # The file was approved, by this image or by an earlier one: this image's rules hold as well.
    try:
        return safe_load_model(content, Conditions.of(settings))
    except UnsafePickleError as refusal:
        raise FailedPrecondition(
            f"model.pkl is not loaded: {refusal}; mlsys inspect FILE says more",
            reason="MODEL_UNREADABLE",
        ) from refusal
