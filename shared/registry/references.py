"""References to a model version: `v3`, an alias such as `champion`, or `latest`. Pure."""

import re
from dataclasses import dataclass

from shared.errors import InvalidArgument
from shared.registry.model_version import ModelVersion

LATEST = "latest"

# `v01` and the like are malformed versions, not aliases.
_ALIAS = re.compile(r"(?!v[0-9])[a-z][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class ModelAlias:
    """A name for one version of a model at a time; `str()` gives `titanic@champion`.

    Every model has the alias `latest`: its highest version that is not quarantined.
    """

    name: str
    alias: str

    @classmethod
    def parse(cls, name: str, alias: str) -> "ModelAlias":
        """An alias that can be set: any alias but `latest`.

        Raises:
            InvalidArgument: when either is malformed, or the alias is `latest` or a version.
        """
        reference = parse_reference(name, alias)
        if isinstance(reference, ModelVersion) or reference.alias == LATEST:
            raise InvalidArgument(
                f"{alias!r} is what it is and cannot be moved: use another alias, e.g. champion",
                reason="INVALID_ALIAS",
                alias=alias,
            )
        return reference

    def __str__(self) -> str:
        return f"{self.name}@{self.alias}"


type ModelReference = ModelVersion | ModelAlias


def parse_reference(name: str, version_or_alias: str) -> ModelReference:
    """The model version or the alias that a request names.

    Raises:
        InvalidArgument: when either is malformed.
    """
    if _ALIAS.fullmatch(version_or_alias):
        # Only the name is validated here, so any version number will do.
        return ModelAlias(ModelVersion.parse(name, "v0").name, version_or_alias)
    try:
        return ModelVersion.parse(name, version_or_alias)
    except InvalidArgument as error:
        if error.reason != "INVALID_MODEL_VERSION":
            raise
        raise InvalidArgument(
            f"{version_or_alias!r} is not a model version: "
            "write v1, v2, …, an alias in lower case, or latest",
            reason=error.reason,
            model_version=version_or_alias,
        ) from error
