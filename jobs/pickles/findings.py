"""Findings of a scan: sentences for the model's author, with advice. Pure."""

import sys
from dataclasses import dataclass, field

from jobs.pickles.allowed_names import Global

_MAX_NAME_FINDINGS = 20

_ADVICE_BY_ROOT = {
    "__main__": "it is defined in a notebook or a script, which the image does not contain: "
    "move it to a module in the image, and let the operator allow its name",
    "scipy.stats": "dump search.best_estimator_ instead of the search",
    "cloudpickle": "it pickles lambdas and notebook functions as code: use NumPy's functions, "
    "or a module in the image",
    "sklearn": "this image's scikit-learn has no such estimator, or it is not part of a model",
}
_STDLIB_ADVICE = "no model needs it"
_DEFAULT_ADVICE = (
    "models may not use it; if it is your own code and in the image, "
    "let the operator add it to MLSYS_ALLOWED_PICKLE_NAMES"
)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The result of a scan.

    Attributes:
        findings: one sentence for each broken rule; empty when the file may be loaded.
        sklearn_versions: versions of scikit-learn that wrote the file, according to the file.
    """

    findings: tuple[str, ...]
    sklearn_versions: tuple[str, ...] = ()


@dataclass(slots=True)
class Findings:
    """Collects findings; the scans of nested pickles share one object.

    Attributes:
        sentences: findings that are not about names.
        unknown_names: names that are not allowed, by key, each with the verb of the finding and the
            position in the file.
        sklearn_versions: versions of scikit-learn that states mention.
    """

    sentences: list[str] = field(default_factory=list)
    unknown_names: dict[str, tuple[Global, str, int]] = field(default_factory=dict)
    sklearn_versions: set[str] = field(default_factory=set)

    def add(self, sentence: str) -> None:
        """Add a sentence."""
        self.sentences.append(sentence)

    def add_unknown_name(self, name: Global, verb: str, position: int) -> None:
        """Add a name that is not allowed; a finding about a call replaces one about a reference."""
        if verb == "calls" or name.key not in self.unknown_names:
            self.unknown_names[name.key] = (name, verb, position)

    def result(self) -> ScanResult:
        """All findings: the cause first, then what follows from it.

        Names come in the order in which the file first has them, for an object's class stands
        before its parts, at most 20 of them, and the same advice once. A name that is not allowed
        stands for something unknown, so what the scan finds after it is often its consequence.
        """
        named = self._named()
        follow = [f"after that, {each}" for each in self.sentences] if named else self.sentences
        return ScanResult(
            (*named[:_MAX_NAME_FINDINGS], *follow), tuple(sorted(self.sklearn_versions))
        )

    def _named(self) -> list[str]:
        given: set[str] = set()
        named = []
        for name, verb, position in self.unknown_names.values():
            what_to_do = advice(name)
            ending = ", too" if what_to_do in given else what_to_do
            named.append(f"the file {verb} {name} at byte {position}{ending}")
            given.add(what_to_do)
        return named


def advice(name: Global) -> str:
    """The advice for a name that is not allowed, to be appended to its finding."""
    for root, sentence in _ADVICE_BY_ROOT.items():
        if name.module == root or name.module.startswith(f"{root}."):
            return f": {sentence}"
    is_stdlib = name.module.partition(".")[0] in sys.stdlib_module_names
    return f": {_STDLIB_ADVICE if is_stdlib else _DEFAULT_ADVICE}"
