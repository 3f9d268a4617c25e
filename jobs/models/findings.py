"""What an inspection tells a model's author: the cause first, then what to do. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobs.models.description import ModelDescription, Part

_MAX_NAMES = 10
# People paste the command that a finding names into a shell, and a model chooses the package.
_PACKAGE = re.compile(r"[A-Za-z0-9_]{1,100}", re.ASCII)
# https://cloud.google.com/bigquery/quotas#standard_tables
MOST_COLUMNS = 10_000
_NOT_PICKLES = (
    (b"{", "JSON"),
    (b"CBM1", "a CatBoost model file"),
    (b"tree\n", "a LightGBM model file"),
    (b"PK\x03\x04", "a zip archive, e.g. of Keras or PyTorch"),
    (b"\x89HDF", "HDF5, e.g. of Keras"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself"),
    (b"ONNX", "ONNX"),
)
_LOADERS = {
    "JSON": "if it is an XGBoost model: model = xgboost.XGBClassifier(); model.load_model(path)",
    "a CatBoost model file": "model = catboost.CatBoostClassifier(); model.load_model(path)",
    "a LightGBM model file": "model = lightgbm.Booster(model_file=path)",
}


def alarming_finding(names: Sequence[str]) -> str:
    """The finding about names that no model needs."""
    return (
        f"it names {_listed(names)}, which no model needs: load the file where you trust it, and "
        "dump the fitted estimator alone"
    )


def not_a_pickle(content: bytes) -> str | None:
    """What a file is that begins like another format; None for one that may be a pickle."""
    for prefix, kind in _NOT_PICKLES:
        if content.startswith(prefix):
            loader = _LOADERS.get(kind)
            advice = f": {loader}, then joblib.dump(model, 'model.pkl')" if loader else ""
            return f"the file is {kind}, and no pickle of a model{advice}"
    return None


def unusable(model: ModelDescription) -> str | None:
    """Why an object that was loaded cannot be asked; None for a model that was fitted."""
    if model.is_class:
        return f"the file holds the class {model.estimator}, no fitted object of it"
    if model.parts is not None and not model.predicts:
        return _of_parts(model.estimator, model.parts)
    if not model.predicts:
        return _without_predict(model.estimator)
    if not model.is_fitted:
        return "the model was never fitted: call fit before you dump it"
    if (count := max(model.feature_count or 0, len(model.features or ()))) > MOST_COLUMNS:
        return (
            f"the model takes {count:,} columns, and a table in BigQuery has at most "
            f"{MOST_COLUMNS:,}: if a vectorizer or encoder makes them, dump one Pipeline of both, "
            "e.g. make_pipeline(vectorizer, model)"
        )
    return None


def _without_predict(estimator: str) -> str:
    package = estimator.partition(".")[0]
    if package in {"keras", "tensorflow", "torch"}:
        return f"the file holds a {estimator}: models of {package} are not scored here"
    if package == "nltk":
        return (
            f"the file holds a {estimator}, which has no predict method: wrap it in a class of a "
            "package with predict(texts), and add the package to the runtime"
        )
    return (
        f"the file holds a {_short(estimator)}, which has no predict method: if it prepares rows "
        "for a model, dump one Pipeline of both, e.g. make_pipeline(it, model)"
    )


def _of_parts(container: str, parts: Sequence[Part]) -> str:
    named = ", ".join(
        f"its {part.key!r} is a {_short(part.estimator)}" for part in parts[:_MAX_NAMES]
    )
    models = [part for part in parts if part.predicts]
    steps = [part for part in parts if part.transforms and not part.predicts]
    if not parts:
        return f"the file holds an empty {_short(container)}: dump the fitted model itself"
    if len(models) == 1 and steps:
        advice = (
            f"dump one Pipeline of both, e.g. make_pipeline({_access(steps[0])}, "
            f"{_access(models[0])})"
        )
    elif len(models) == 1:
        advice = f"dump the model alone: joblib.dump({_access(models[0])}, 'model.pkl')"
    elif models:
        advice = "dump each model into a model.pkl of its own"
    else:
        advice = "dump the fitted model itself"
    return f"the file holds a {_short(container)} around its parts ({named}): {advice}"


def _access(part: Part) -> str:
    key = part.key if part.key.isdigit() else repr(part.key)
    return f"it[{key}]"


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _listed(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more


def missing_golden_rows(features: Sequence[str], present: Sequence[str]) -> str | None:
    """The finding about features that the golden rows lack; None when they lack none."""
    known = frozenset(present)
    if missing := [name for name in features if name not in known]:
        return f"the golden_rows of metadata.json lack the features {_listed(missing)}"
    return None


def missing_package(package: str, runtime: str, minor: str) -> str:
    """The finding about a package that a runtime lacks."""
    if package == "__main__":
        return (
            "the file names classes or functions of the script or notebook that trained it: move "
            "them to a package, and let the operator add it to the runtime (docs/runtimes.md)"
        )
    if not _PACKAGE.fullmatch(package):
        return f"the file needs the package {package}, which is no name of a package"
    return (
        f"the file needs the package {package}, which the runtime {runtime} has not: the operator "
        f'adds it with make runtime SKLEARN={minor} WITH="{package}", or its own wheel'
    )


def load_sentence(words: str) -> str:
    """What a process says of a load that failed, as a sentence: its subject is mostly the file."""
    return words if words.startswith("the model") else f"the file {words}"


def load_finding(words: str, packages: Sequence[str]) -> str:
    """The finding about a file that could not be loaded, with advice by what wrote it."""
    finding = load_sentence(words)
    if "__main__" in words:
        return (
            f"{finding}; it was defined in the script or notebook that trained the model: move it "
            "to a package, and let the operator add that to the runtime (docs/runtimes.md)"
        )
    for writer in ("dill", "cloudpickle"):
        if writer in packages:
            return (
                f"{finding}; it was written by {writer}, which copies code of one version of "
                "Python: define classes and functions in a package, and joblib.dump writes it "
                "plainly"
            )
    return finding


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
