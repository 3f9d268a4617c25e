"""The conditions and the result of an inspection."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from jobs.models.description import printable
from shared.registry.model_version import Status
from shared.registry.signature import ModelSignature
from shared.settings.settings import Settings

# Findings quote names that a stranger chose. They stand in log lines, on terminals and in a row of
# the registry, and BigQuery refuses a row of 10 MB at every retry, with all others of its append.
_MOST_FINDINGS = 500
_MOST_LETTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionConditions:
    """What an inspection takes into account besides the model's bytes.

    Attributes:
        is_strict: whether the policy is `strict`: only models made of exact names are loaded.
        allowed_names: under this policy, further names, `module:name`, that models may use.
        metadata: the content of metadata.json, {} when there is none.
    """

    is_strict: bool = False
    allowed_names: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, metadata: Mapping[str, Any] | None = None) -> Self:
        """The conditions of a deployment."""
        return cls(
            is_strict=settings.is_strict,
            allowed_names=settings.allowed_pickle_names,
            metadata=metadata or {},
        )

    def to_json(self) -> str:
        """The conditions as a JSON object."""
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionResult:
    """What an inspection found.

    Attributes:
        status: whether the model may predict, and whether its golden rows prove it.
        findings: sentences; why it may not, or what its author should know although it may.
        estimator: its class, e.g. "sklearn.pipeline.Pipeline".
        sklearn_version: the version of scikit-learn that wrote it.
        runtime: the runtime in which it has answered; None when none was chosen.
        signature: its inputs and outputs; None when the model was not loaded.
        is_suspicious: whether it names what no model needs.
    """

    status: Status
    findings: tuple[str, ...] = ()
    estimator: str | None = None
    sklearn_version: str | None = None
    runtime: str | None = None
    signature: ModelSignature | None = None
    is_suspicious: bool = False

    def __post_init__(self) -> None:
        """Bound what a model and its metadata.json can have findings say."""
        sentences = (printable(each, _MOST_LETTERS) for each in self.findings[:_MOST_FINDINGS])
        object.__setattr__(self, "findings", tuple(sentences))

    @property
    def may_predict(self) -> bool:
        """Whether the model may predict."""
        return self.status.may_predict

    def to_json(self) -> str:
        """The result as a JSON object."""
        content = asdict(self)
        if self.signature:
            content["signature"] = self.signature.to_json()
        return json.dumps(content)


def quarantined(*findings: str, **known: Any) -> InspectionResult:
    """The result for a model that must not predict; `known` is what else is known of it."""
    return InspectionResult(status=Status.QUARANTINED, findings=findings, **known)
