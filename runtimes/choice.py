"""Which runtime a model is scored in: the rule, which docs/runtimes.md tells as a page. Pure.

1. The minor of scikit-learn that the file names decides; of several, the newest.
2. A file that names none: the minor that metadata.json's `library_versions` names.
3. Neither: of the runtimes whose XGBoost can read the file's booster, the one of the oldest such
   XGBoost, and of several the one with the newest scikit-learn.
4. Nothing of all this: the default runtime.

A file of a scikit-learn that is older than every runtime's gets the oldest runtime, which may read
it without an error and answer otherwise: such a model needs a proof. So may a booster: one of
a newer XGBoost than the runtime has is no reason to take another runtime, because scikit-learn's
own parts would change their answers, and an older XGBoost may answer otherwise. A sentence names
the cure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runtimes.catalog import DEFAULT_RUNTIME, Runtime

type Version = tuple[int, ...]

_MOST_DIGITS = 9
# Findings name a version in a command that people paste into a shell, and metadata.json is a
# stranger's.
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """The runtime of a model.

    Attributes:
        runtime: None when there is none for its versions.
        version: the scikit-learn that wrote it, as far as it is known.
        findings: a sentence for each thing that its author should know.
        needs_proof: whether the runtime may read it without an error and answer wrongly, so that
            only its author's own answers show that it does not.
    """

    runtime: Runtime | None
    version: str | None = None
    findings: tuple[str, ...] = ()
    needs_proof: bool = False


def choose(
    versions: Mapping[str, Iterable[str]],
    declared: Mapping[str, str],
    catalog: Sequence[Runtime],
) -> Choice:
    """The runtime for a file.

    Args:
        versions: of libraries, by module, all that the file names: {"sklearn": {"1.5.2"}}.
        declared: `library_versions` of metadata.json, by the name of the distribution.
        catalog: every runtime that there is, by ascending version of scikit-learn.
    """
    version = _newest(versions.get("sklearn", ())) or _declared(declared, "scikit-learn")
    booster = _newest(versions.get("xgboost", ())) or _declared(declared, "xgboost")
    if version and _parsed(version):
        runtime = next((each for each in catalog if _minor(each) == _parsed(version)[:2]), None)
        aged = _older_than_all(version, catalog)
        if runtime is None and not aged:
            return Choice(None, version, (_no_runtime(version, catalog),))
        runtime = runtime or catalog[0]
    else:
        version, runtime, aged = None, _by_booster(booster, catalog), ()
    found = (*aged, *_booster_findings(booster, runtime))
    return Choice(runtime, version, found, needs_proof=bool(found))


def _newest(versions: Iterable[str]) -> str | None:
    return max(versions, key=_parsed, default=None)


def _declared(declared: Mapping[str, str], name: str) -> str | None:
    """The version of a distribution that metadata.json declares; None for what is no version."""
    version = declared.get(name)
    return version if version and _VERSION.fullmatch(version) else None


def _parsed(version: str) -> Version:
    """The leading numbers of a version: (1, 5, 2) of 1.5.2rc1."""
    numbers = []
    for part in version.split(".")[:3]:
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not 0 < len(digits) <= _MOST_DIGITS:
            break
        numbers.append(int(digits))
    return tuple(numbers)


def _minor(runtime: Runtime) -> Version:
    return _parsed(runtime.versions["scikit-learn"])[:2]


def _by_booster(booster: str | None, catalog: Sequence[Runtime]) -> Runtime | None:
    """The runtime for a file that no scikit-learn has signed."""
    default = next((each for each in catalog if each.name == DEFAULT_RUNTIME), None)
    if not booster:
        return default
    able = [each for each in catalog if _xgboost(each) >= _parsed(booster)]
    oldest = min(map(_xgboost, able), default=None)
    return next((each for each in reversed(able) if _xgboost(each) == oldest), default)


def _xgboost(runtime: Runtime) -> Version:
    return _parsed(runtime.versions.get("xgboost", "0"))


def _older_than_all(version: str, catalog: Sequence[Runtime]) -> tuple[str, ...]:
    if not catalog or _parsed(version)[:2] >= _minor(catalog[0]):
        return ()
    oldest = ".".join(map(str, _minor(catalog[0])))
    sentence = (
        f"it was fitted with scikit-learn {version}, which is older than every runtime: fit it "
        f"again with {oldest} or later; or, if {catalog[0].name} can predict with it at all, show "
        "that it answers as it did: put rows with its answers of then into metadata.json as "
        "golden_rows (docs/reference/metadata.md)"
    )
    return (sentence,)


def _no_runtime(version: str, catalog: Sequence[Runtime]) -> str:
    minor = ".".join(map(str, _parsed(version)[:2]))
    known = ", ".join(".".join(map(str, _minor(each))) for each in catalog)
    return (
        f"it was fitted with scikit-learn {version}, and there is no runtime for it (there are "
        f"{known}): the operator adds one with make runtime SKLEARN={minor}, or its author fits it "
        "again with one of these"
    )


def _booster_findings(booster: str | None, runtime: Runtime | None) -> tuple[str, ...]:
    if not (booster and runtime) or _xgboost(runtime)[:2] >= _parsed(booster)[:2]:
        return ()
    minor = ".".join(map(str, _minor(runtime)))
    sentence = (
        f"its booster was written by XGBoost {booster}, and the runtime {runtime.name} has "
        f"{runtime.versions.get('xgboost', 'none')}, which may answer otherwise: the operator adds "
        f'the newer one with make runtime SKLEARN={minor} WITH="xgboost=={booster}"'
    )
    return (sentence,)
