"""Opens a session with the model of a registry row."""

from dataclasses import dataclass
from typing import Self

from jobs.models.artifacts import read_model
from jobs.models.description import ModelDescription
from jobs.models.findings import load_sentence, unusable
from jobs.models.signature import model_signature
from jobs.sandbox.model_processes import ModelProcesses, prediction_limits
from jobs.sandbox.model_session import ModelFailure, ModelSession
from runtimes.catalog import DEFAULT_RUNTIME
from shared.clients import Clients
from shared.errors import FailedPrecondition
from shared.registry.approval import require_approval
from shared.registry.model_version import RegisteredModel
from shared.registry.signature import ModelSignature


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A registered model in a process of its own.

    Attributes:
        signature: its feature columns and its outputs.
    """

    registered: RegisteredModel
    description: ModelDescription
    signature: ModelSignature
    session: ModelSession

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()


def load_model(
    registered: RegisteredModel, clients: Clients, processes: ModelProcesses, *, channels: int = 1
) -> LoadedModel:
    """Load exactly the generation that was registered; `channels` batches may be asked at a time.

    Raises:
        FailedPrecondition: when it is not approved, or its runtime refuses it.
        NotFound: when the generation is gone.
        DataLoss: when its bytes are not those that were registered.
    """
    require_approval(registered, clients.settings.environment)
    runtime = runtime_of(registered)
    processes.warm(runtime)
    content = read_model(clients.storage, registered)
    limits = prediction_limits(clients.settings)
    session = processes.open(runtime, limits, channels=channels)
    try:
        description = _loaded(session, content, clients)
        signature = model_signature(description, registered.metadata)
        _require_registered_columns(registered, signature)
    except BaseException:
        session.close()
        raise
    return LoadedModel(registered, description, signature, session)


def _require_registered_columns(registered: RegisteredModel, signature: ModelSignature) -> None:
    """Require that a model takes the columns that its registration showed to people.

    Its process can see by its limits that it is asked to predict, and then name other ones.
    """
    known = registered.signature
    if known and known.features and known.features != signature.features:
        raise FailedPrecondition(
            f"model {registered.version} names other feature columns than at its registration: "
            "mlsys reconcile inspects it again if its metadata.json has changed since",
            reason="MODEL_CHANGED",
            model=str(registered.version),
        )


def runtime_of(registered: RegisteredModel) -> str:
    """The runtime of a registered model.

    Releases without runtimes approved the models of the default runtime's scikit-learn.
    """
    return registered.runtime or DEFAULT_RUNTIME


def _loaded(session: ModelSession, content: bytes, clients: Clients) -> ModelDescription:
    settings = clients.settings
    try:
        description = session.load(
            content, strict=settings.is_strict, allowed_names=settings.allowed_pickle_names
        )
    except ModelFailure as error:
        sentence = load_sentence(error.message)
        raise FailedPrecondition(
            f"model.pkl is not loaded: {sentence}; mlsys inspect FILE says more",
            reason=error.reason,
        ) from error
    # An earlier release may have approved it.
    if problem := unusable(description):
        raise FailedPrecondition(problem, reason="MODEL_UNREADABLE")
    return description
