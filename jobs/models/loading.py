"""From a registry row to a model that can score."""

from dataclasses import dataclass
from typing import Any

from jobs.models.artifacts import read_model
from jobs.models.inspection import safe_load_model
from jobs.models.inspection_result import Conditions
from jobs.models.signature import model_signature
from jobs.pickles.refusals import UnsafePickleError
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.registry.approval import require_approval
from shared.registry.models import RegisteredModel
from shared.registry.signature import ModelSignature
from shared.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A registered model in memory.

    Attributes:
        estimator: the fitted scikit-learn estimator.
        signature: its feature columns and its outputs.
    """

    registered: RegisteredModel
    estimator: Any
    signature: ModelSignature


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
        signature=model_signature(estimator, registered.metadata),
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
            f"model.pkl is not loaded: {refusal}; python -m jobs inspect FILE says more",
            reason="MODEL_UNREADABLE",
        ) from refusal
