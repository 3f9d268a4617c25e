"""Words that stand for a version of a model: `v3`, an alias such as `champion`, `latest`. Pure."""

import re
from dataclasses import dataclass

from shared.errors import InvalidArgument
from shared.registry.models import ModelVersion

LATEST = "latest"

# `v01` and the like are misspelled versions rather than anybody's alias.
_ALIAS = re.compile(r"(?!v[0-9])[a-z][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class ModelAlias:
    """A word that stands for one version of a model at a time; `str()` gives `titanic@champion`.

    `latest` is everybody's: the highest version that is not quarantined.
    """

    name: str
    alias: str

    @classmethod
    def parse(cls, name: str, alias: str) -> "ModelAlias":
        """The alias that somebody may move.

        Raises:
            InvalidArgument: when either word breaks its rule, or the alias is `latest`.
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


def parse_reference(name: str, word: str) -> ModelReference:
    """What two words of a request name: a version, or an alias that stands for one.

    Raises:
        InvalidArgument: when either word breaks its rule.
    """
    if _ALIAS.fullmatch(word):
        # A model's name has the same rule whatever stands behind it.
        return ModelAlias(ModelVersion.parse(name, "v0").name, word)
    try:
        return ModelVersion.parse(name, word)
    except InvalidArgument as error:
        if error.reason != "INVALID_MODEL_VERSION":
            raise
        raise InvalidArgument(
            f"{word!r} is not a model version: write v1, v2, …, an alias in lower case, or latest",
            reason=error.reason,
            model_version=word,
        ) from error
