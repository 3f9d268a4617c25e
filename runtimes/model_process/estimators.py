"""What a fitted estimator says of itself, over ten years of scikit-learn and beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import sklearn
import sklearn.utils

# These predict the number of a cluster or of a component, or -1 and 1.
LABELLING_TYPES = frozenset(
    {"clusterer", "density_estimator", "outlier_detector", "DensityEstimator"}
)
_MATRIX = 2  # dimensions
# What libraries call the columns of a matrix that had no names.
_PLACEHOLDERS = ("Column_%d", "%d", "f%d")
_RAW_TEXTS = frozenset({"CountVectorizer", "TfidfVectorizer", "HashingVectorizer"})

SKLEARN_MINOR = ".".join(sklearn.__version__.split(".")[:2])


def class_name(part: Any) -> str:
    """The class of an object, e.g. "sklearn.pipeline.Pipeline"."""
    kind = part if isinstance(part, type) else type(part)
    return f"{kind.__module__}.{kind.__qualname__}"


def estimator_type(estimator: Any) -> str | None:
    """classifier, regressor, clusterer, …; None when it does not say."""
    get_tags = getattr(sklearn.utils, "get_tags", None)
    own = None
    if get_tags is not None:
        with suppress(Exception):  # libraries of the time lack tags, or refuse them
            own = get_tags(estimator).estimator_type
    if own is None:
        own = getattr(estimator, "_estimator_type", None)
    if own is None and _last_step(estimator) is not None:
        return estimator_type(_last_step(estimator))
    return _text(own)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def is_classifier(estimator: Any) -> bool:
    """Whether it predicts labels."""
    return estimator_type(estimator) == "classifier"


def _last_step(estimator: Any) -> Any:
    steps = getattr(estimator, "steps", None)
    return steps[-1][1] if isinstance(steps, list) and steps else None


def first_parts(estimator: Any) -> Iterator[Any]:
    """An estimator, and the parts within it that see its rows unchanged, outermost first."""
    part, seen = estimator, 0
    while part is not None and seen < 20:  # noqa: PLR2004  (deeper than any model nests)
        yield part
        part, seen = _first_part(part), seen + 1


def _first_part(part: Any) -> Any:
    steps = getattr(part, "steps", None)
    if isinstance(steps, list):
        real = [step for _, step in steps if step not in (None, "passthrough")]
        return real[0] if real else None
    for name in ("best_estimator_", "regressor_"):
        if hasattr(part, name):
            return getattr(part, name)
    return None


def feature_names(estimator: Any) -> list[str] | None:
    """Names of the columns that it was fitted on; None when it was fitted on a plain array."""
    for part in first_parts(estimator):
        for attribute in (
            "feature_names_in_",
            "feature_names_",
            "feature_name_",
            "_feature_names_in",
        ):
            names = _names(getattr(part, attribute, None))
            if names is not None:
                return names
    return None


def _names(found: Any) -> list[str] | None:
    if found is None or isinstance(found, str) or not np.iterable(found):
        return None
    names = [str(name) for name in found]
    numbers = range(len(names))
    is_placeholder = any(names == [rule % number for number in numbers] for rule in _PLACEHOLDERS)
    return names if names and not is_placeholder else None


def feature_count(estimator: Any) -> int | None:
    """How many columns it was fitted on; None when it does not say."""
    for part in first_parts(estimator):
        for attribute in ("n_features_in_", "n_features_", "_n_features"):
            count = getattr(part, attribute, None)
            if isinstance(count, (int, np.integer)) and count:  # CatBoost forgets it
                return int(count)
        # CatBoost and LightGBM number the columns that had no names.
        for attribute in ("feature_names_", "feature_name_"):
            names = getattr(part, attribute, None)
            if isinstance(names, list) and names:
                return len(names)
    return None


def takes_texts(estimator: Any) -> bool:
    """Whether it takes one column of texts, as one dimension."""
    parts = list(first_parts(estimator))
    last = parts[-1]
    kinds = {kind.__name__ for kind in type(last).__mro__}
    return bool(kinds & _RAW_TEXTS) and feature_names(estimator) is None


def takes_missing(estimator: Any) -> bool:
    """Whether it says that missing values may be among its rows."""
    get_tags = getattr(sklearn.utils, "get_tags", None)
    try:
        if get_tags is not None:
            return bool(get_tags(estimator).input_tags.allow_nan)
        return bool(estimator._get_tags()["allow_nan"])
    except Exception:  # noqa: BLE001  (libraries of the time lack tags, or refuse them)
        return False


def output_count(regressor: Any) -> int:
    """How many numbers a regressor predicts for a row; 1 when it does not say."""
    final = getattr(regressor, "best_estimator_", regressor)
    if _last_step(final) is not None:
        return output_count(_last_step(final))
    if type(final).__name__ in ("MultiOutputRegressor", "RegressorChain"):
        return len(final.estimators_)
    coefficients = np.shape(getattr(final, "coef_", ()))
    of_matrix = coefficients[0] if len(coefficients) == _MATRIX else 1
    count = getattr(final, "n_outputs_", of_matrix)
    return int(count) if isinstance(count, (int, np.integer)) else 1


def classes(classifier: Any) -> Sequence[Any]:
    """The labels of each output of a classifier."""
    found = classifier.classes_
    if isinstance(found, list) and found and np.ndim(found[0]):
        return found
    return [np.asarray(found)]
