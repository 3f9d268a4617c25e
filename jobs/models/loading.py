"""Loads the model of a registry row."""

from dataclasses import dataclass
from typing import Any

from jobs.models.artifacts import read_model
from jobs.models.inspection import safe_load_model
from jobs.models.inspection_result import InspectionConditions
from jobs.models.signature import model_signature
from jobs.pickles.errors import UnsafePickleError
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.registry.approval import require_approval
from shared.registry.model_version import RegisteredModel
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
    """Load exactly the generation that was registered.

    Raises:
        FailedPrecondition: when it is not approved, or this image refuses it.
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
    """The estimator that a model.pkl holds: scanned, loaded and validated as at its registration.

    Raises:
        FailedPrecondition: when the inspection would not approve it.
    """
    # An earlier image may have approved the file, so this image applies its rules again.
    try:
        return safe_load_model(content, InspectionConditions.of(settings))
    except UnsafePickleError as error:
        raise FailedPrecondition(
            f"model.pkl is not loaded: {error}; mlsys inspect FILE says more",
            reason="MODEL_UNREADABLE",
        ) from error
