"""What a fitted estimator says of itself, over ten years of scikit-learn and beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import sklearn
import sklearn.utils

from .boosters import LightgbmBooster, XgboostBooster

# These predict the number of a cluster or of a component, or -1 and 1.
LABELLING_TYPES = frozenset(
    {"clusterer", "density_estimator", "outlier_detector", "DensityEstimator"}
)
_MATRIX = 2  # dimensions
_MOST_PARTS = 100  # more than any model has, but for forests
# What libraries call the columns of a matrix that had no names.
_PLACEHOLDERS = ("Column_%d", "%d", "f%d")
# What tells the number of columns in scikit-learn 0.22, by its dimension that they are along.
_FITTED_ARRAYS = (
    ("x_weights_", 0),  # of partial least squares, whose coefficients are the other way round
    ("coef_", -1),
    ("_fit_X", -1),  # of neighbours
    ("theta_", -1),  # of naive Bayes
    ("feature_log_prob_", -1),
    ("cluster_centers_", -1),
    ("means_", -1),  # of mixtures and of discriminants
    ("statistics_", -1),  # of imputers
    ("scale_", -1),  # of scalers
    ("components_", -1),
)
_RAW_TEXTS = frozenset({"CountVectorizer", "TfidfVectorizer", "HashingVectorizer"})

SKLEARN_MINOR = ".".join(sklearn.__version__.split(".")[:2])
_KNOWS_NAMES = not SKLEARN_MINOR.startswith("0.")
_BOOSTERS = frozenset({"catboost", "lightgbm", "xgboost"})


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
    level, seen = [estimator], 0
    while level and seen < _MOST_PARTS:
        yield from level
        seen += len(level)
        level = [inner for part in level for inner in _inner_parts(part)]


def steps_of(part: Any) -> list[Any]:
    """The steps of a pipeline in their order; a list of any other object alone."""
    steps = getattr(part, "steps", None)
    if not isinstance(steps, list):
        return [part]
    return [step for _, step in steps if step not in (None, "passthrough")]


def _inner_parts(part: Any) -> list[Any]:
    """The parts of an estimator that get the rows that it gets."""
    if isinstance(getattr(part, "steps", None), list):
        return steps_of(part)[:1]
    members = getattr(part, "transformer_list", None)  # of a FeatureUnion
    if isinstance(members, list):
        return [member for _, member in members]
    for name in ("estimators_", "calibrated_classifiers_"):
        members = getattr(part, name, None)
        if isinstance(members, (list, tuple)):
            return list(members)
    is_calibrated = type(part).__name__ == "_CalibratedClassifier"
    names = ("estimator", "base_estimator") if is_calibrated else ("best_estimator_", "regressor_")
    return [getattr(part, name) for name in names if hasattr(part, name)]


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
        if (count := _count_of_arrays(part)) is not None:
            return count
    return None


def _count_of_arrays(part: Any) -> int | None:
    """How many columns an estimator of scikit-learn 0.22 was fitted on, by its arrays."""
    if not type(part).__module__.startswith("sklearn."):
        return None
    shape = getattr(part, "shape_fit_", None)  # of a support vector machine
    if isinstance(shape, tuple) and len(shape) == _MATRIX:
        return int(shape[1])
    for name, dimension in _FITTED_ARRAYS:
        found = getattr(getattr(part, name, None), "shape", ())
        if found:
            return int(found[dimension])
    weights = getattr(part, "coefs_", None)  # of a multilayer perceptron
    return len(weights[0]) if weights else None


def takes_texts(estimator: Any) -> bool:
    """Whether it takes one column of texts, as one dimension."""
    kinds = {kind.__name__ for part in first_parts(estimator) for kind in type(part).__mro__}
    return bool(kinds & _RAW_TEXTS) and feature_names(estimator) is None


def was_fitted_on_array(estimator: Any) -> bool:
    """Whether a model that has no names says by that that it was fitted on a plain array.

    Boosters always knew the names of a DataFrame's columns, estimators of scikit-learn since 1.0.
    """
    return any(map(_would_know_names, first_parts(estimator)))


def _would_know_names(part: Any) -> bool:
    package = type(part).__module__.partition(".")[0]
    if package in _BOOSTERS or isinstance(part, (XgboostBooster, LightgbmBooster)):
        return True
    return _KNOWS_NAMES and package in {"imblearn", "sklearn"} and hasattr(part, "n_features_in_")


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
    count = getattr(final, "n_outputs_", _coefficient_rows(final))
    return int(count) if isinstance(count, (int, np.integer)) else 1


def _coefficient_rows(regressor: Any) -> int:
    """The rows of a matrix of coefficients, one for each output; 1 for any other regressor."""
    shape = np.shape(getattr(regressor, "coef_", ()))
    if len(shape) != _MATRIX:
        return 1
    rows, columns = shape
    # Partial least squares had one column for each output before scikit-learn 1.3.
    features = feature_count(regressor)
    return int(columns if features == rows != columns else rows)


def classes(classifier: Any) -> Sequence[Any]:
    """The labels of each output of a classifier."""
    found = classifier.classes_
    if isinstance(found, list) and found and np.ndim(found[0]):
        return found
    return [np.asarray(found)]
