"""What an inspection tells a model's author: the cause first, then what to do. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobs.models.description import ModelDescription
from jobs.models.estimator_names import short_name
from jobs.models.packages import MOVE_TO_A_PACKAGE, OTHER_FRAMEWORKS, no_estimator
from jobs.models.parts import parts_finding
from runtimes.catalog import Runtime, minor_of

_MAX_NAMES = 10
# Since 0.22 the modules of scikit-learn in which classes are defined have names with an underscore.
_OF_SKLEARN = re.compile(r"names the module sklearn\.([\w.]+),")
# https://cloud.google.com/bigquery/quotas#standard_tables
MOST_COLUMNS = 10_000


def alarming_finding(names: Sequence[str]) -> str:
    """The finding about names that no model needs."""
    return (
        f"it names {_listed(names)}, which no model needs: load the file where you trust it, and "
        "dump the fitted estimator alone"
    )


def unusable(model: ModelDescription) -> str | None:
    """Why an object that was loaded cannot be asked; None for a model that was fitted."""
    if model.is_class:
        return f"the file holds the class {model.estimator}, no fitted object of it"
    if model.parts is not None and not model.predicts:
        return parts_finding(model.estimator, model.parts)
    if not model.predicts:
        return _without_predict(model.estimator)
    if not model.is_fitted:
        return "the model was never fitted: call fit before you dump it"
    if (count := max(model.feature_count or 0, len(model.features or ()))) > MOST_COLUMNS:
        return (
            f"the model takes {count:,} columns, and no table can hold its rows: BigQuery allows "
            f"{MOST_COLUMNS:,} columns. If a vectorizer or encoder makes them, dump one Pipeline "
            "of both, e.g. make_pipeline(vectorizer, model), which takes the columns before it"
        )
    return None


def _without_predict(estimator: str) -> str:
    framework = estimator.partition(".")[0]
    if framework in OTHER_FRAMEWORKS:
        return f"the file holds a {short_name(estimator)}: {no_estimator(framework)}"
    return (
        f"the file holds a {short_name(estimator)}, which has no predict method: if it prepares "
        "rows for a model, dump one Pipeline of both, e.g. make_pipeline(it, model)"
    )


def _listed(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more


def missing_golden_rows(features: Sequence[str], present: Sequence[str]) -> str | None:
    """The finding about features that the golden rows lack; None when they lack none."""
    known = frozenset(present)
    if missing := [name for name in features if name not in known]:
        return f"the golden_rows of metadata.json lack the features {_listed(missing)}"
    return None


def load_sentence(words: str) -> str:
    """What a process says of a load that failed, as a sentence: its subject is mostly the file."""
    return words if words.startswith("the model") else f"the file {words}"


def load_finding(words: str, packages: Sequence[str]) -> str:
    """The finding about a file that could not be loaded, with advice by what wrote it."""
    finding = load_sentence(words)
    if "__main__" in words:
        return (
            f"{finding}; the script or notebook that trained the model defined it: "
            f"{MOVE_TO_A_PACKAGE}"
        )
    if module := _OF_SKLEARN.search(words):
        if not any(part.startswith("_") for part in module[1].split(".")):
            return f"{finding}, probably one before 0.22: fit the model again with 0.22 or later"
        return (
            f"{finding}; fit the model again, or say in metadata.json which one wrote it, e.g. "
            '{"library_versions": {"scikit-learn": "1.2.2"}}'
        )
    if words.startswith("cannot be loaded: UnicodeDecodeError"):
        return f"{finding}; Python 2 has probably written it: fit the model again on Python 3"
    for writer in ("dill", "cloudpickle"):
        if writer in packages:
            return (
                f"{finding}; it was written by {writer}, which copies code of one version of "
                "Python: define classes and functions in a package, and joblib.dump writes it "
                "plainly"
            )
    return finding


def release_finding(problem: str, version: str | None, runtime: Runtime) -> Iterator[str]:
    """A finding when a model that lacks an attribute is of another patch release than its runtime.

    Args:
        problem: why it does not predict.
        version: the scikit-learn that it was fitted with, where it is known.
        runtime: that it was asked in.
    """
    here = runtime.versions["scikit-learn"]
    minor = minor_of(runtime.name)
    if "AttributeError" in problem and version and version != here and version.startswith(minor):
        yield (
            f"it was fitted with scikit-learn {version}, and the runtime {runtime.name} has "
            f"{here}, which may ask for what {version} did not note: the operator changes it with "
            f'make runtime SKLEARN={minor} WITH="scikit-learn=={version}", or its author fits it '
            f"again with {here}"
        )


def features_finding(model: ModelDescription, metadata: Mapping[str, Any]) -> Iterator[str]:
    """A finding when nothing names the model's columns."""
    if model.features is None and not metadata.get("features"):
        if model.takes == "texts":
            yield (
                "the model takes one column of texts, and nothing says which: name it in "
                'metadata.json, e.g. {"features": ["text"]}; until then no prediction works'
            )
        else:
            count = f"{model.feature_count} " if model.feature_count else ""
            columns = "column" if model.feature_count == 1 else "columns"
            yield (
                f"the model was fitted on an array without names: list its {count}{columns} in "
                'metadata.json, in their order, as "features"; until then no prediction works'
            )
