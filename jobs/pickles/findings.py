"""What a scan finds, in sentences for people, each with what to do about it. Pure."""

import sys
from dataclasses import dataclass, field

from jobs.pickles.allowed_names import Global

_MAX_NAME_FINDINGS = 20

_ADVICE_BY_ROOT = {
    "__main__": "it is defined in a notebook or a script, which is not here: move it to a module "
    "that the image carries, and let the operator allow its name",
    "scipy.stats": "dump search.best_estimator_ instead of the search",
    "cloudpickle": "lambdas and functions of a notebook are code: use NumPy's functions, or a "
    "module that the image carries",
    "sklearn": "the scikit-learn of this image has no such estimator, or it is no part of a model",
}
_STDLIB_ADVICE = "no model needs it"
_DEFAULT_ADVICE = (
    "models may not; if it is your own code and the image carries it, "
    "let the operator add it to MLSYS_ALLOWED_PICKLE_NAMES"
)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found.

    Attributes:
        findings: one sentence for each broken rule; empty when the file may be loaded.
        sklearn_versions: versions of scikit-learn that the file says it was written by.
    """

    findings: tuple[str, ...]
    sklearn_versions: tuple[str, ...] = ()


@dataclass(slots=True)
class Findings:
    """Collects findings; the machines of nested pickles share one object.

    Attributes:
        sentences: findings about anything but names.
        unknown_names: by key, each name that is not in the table, what is done with it and where.
        sklearn_versions: versions of scikit-learn that states mention.
    """

    sentences: list[str] = field(default_factory=list)
    unknown_names: dict[str, tuple[Global, str, int]] = field(default_factory=dict)
    sklearn_versions: set[str] = field(default_factory=set)

    def add(self, sentence: str) -> None:
        """Add a sentence."""
        self.sentences.append(sentence)

    def add_unknown_name(self, name: Global, verb: str, position: int) -> None:
        """Add a name that is not in the table; a call replaces a mere mention."""
        if verb == "calls" or name.key not in self.unknown_names:
            self.unknown_names[name.key] = (name, verb, position)

    def result(self) -> ScanResult:
        """All findings, names first; of many names only the first ones."""
        named = [
            f"the file {verb} {name} at byte {position}{advice(name)}"
            for name, verb, position in self.unknown_names.values()
        ]
        return ScanResult(
            (*named[:_MAX_NAME_FINDINGS], *self.sentences), tuple(sorted(self.sklearn_versions))
        )


def advice(name: Global) -> str:
    """What to do about a name that is not in the table; the text follows its finding."""
    for root, sentence in _ADVICE_BY_ROOT.items():
        if name.module == root or name.module.startswith(f"{root}."):
            return f": {sentence}"
    is_stdlib = name.module.partition(".")[0] in sys.stdlib_module_names
    return f": {_STDLIB_ADVICE if is_stdlib else _DEFAULT_ADVICE}"
