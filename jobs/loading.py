"""From a registry row to a model that can score."""

import io
from dataclasses import dataclass
from typing import Any

import joblib

from jobs.artifacts import read_model
from jobs.estimators import PredictionKind, feature_names, prediction_kind
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


def load_estimator(content: bytes) -> Any:
    """The estimator that a model.pkl holds, written by joblib or by pickle.

    Raises:
        FailedPrecondition: when the bytes are no such file, or what they hold cannot predict.
    """
    try:
        estimator = joblib.load(io.BytesIO(content))
    except Exception as error:
        # A broken pickle can raise anything; whatever it raises says that it cannot be loaded.
        raise FailedPrecondition(
            f"model.pkl cannot be loaded ({type(error).__name__}: {error}): "
            "write it with joblib.dump(model, 'model.pkl')",
            reason="MODEL_UNREADABLE",
        ) from error
    if not hasattr(estimator, "predict"):
        raise FailedPrecondition(
            f"model.pkl holds a {type(estimator).__name__}, which has no predict method",
            reason="MODEL_CANNOT_PREDICT",
        )
    return estimator
