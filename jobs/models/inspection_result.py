"""What is asked of an examination, and what it answers. Imports nothing heavy."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from shared.registry.signature import ModelSignature
from shared.settings.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Under which conditions a model is examined.

    Attributes:
        allowed_names: further names, `module:name`, that the operator allows.
        allowed_sklearn_versions: further minor versions of scikit-learn whose models may pass.
        metadata: the content of metadata.json, {} when there is none.
    """

    allowed_names: tuple[str, ...] = ()
    allowed_sklearn_versions: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, metadata: Mapping[str, Any] | None = None) -> Self:
        """The conditions of a deployment."""
        return cls(
            allowed_names=settings.allowed_pickle_names,
            allowed_sklearn_versions=settings.allowed_sklearn_versions,
            metadata=metadata or {},
        )

    def to_json(self) -> str:
        """The conditions as the examining process reads them."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The conditions that another process wrote."""
        content = json.loads(text)
        return cls(
            allowed_names=tuple(content["allowed_names"]),
            allowed_sklearn_versions=tuple(content["allowed_sklearn_versions"]),
            metadata=content["metadata"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionResult:
    """What an examination found.

    Attributes:
        is_approved: whether the model may predict.
        findings: a sentence each: why it may not, or what somebody should know although it may.
        estimator: its class.
        sklearn_version: the scikit-learn that wrote it.
        signature: its inputs and outputs; None when the model was not loaded.
    """

    is_approved: bool
    findings: tuple[str, ...] = ()
    estimator: str | None = None
    sklearn_version: str | None = None
    signature: ModelSignature | None = None

    def to_json(self) -> str:
        """The result as the asking process reads it."""
        content = asdict(self)
        if self.signature:
            content["signature"] = self.signature.to_json()
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The verdict that another process wrote."""
        content = json.loads(text)
        signature = content["signature"]
        return cls(
            **content
            | {
                "findings": tuple(content["findings"]),
                "signature": ModelSignature.from_json(signature) if signature else None,
            }
        )


def quarantined(*findings: str, sklearn_version: str | None = None) -> InspectionResult:
    """The verdict on a model that must not predict."""
    return InspectionResult(is_approved=False, findings=findings, sklearn_version=sklearn_version)
