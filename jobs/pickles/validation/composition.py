"""Validates what estimators are made of: where scikit-learn calls an estimator, there is one.

It calls `transform` or `predict` of whatever stands there. An array, a dictionary, a function or a
tree of compiled code has methods of these or other names, which take other arguments.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.calibration import _CalibratedClassifier
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import KernelPCA
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (its import is its effect)
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.impute._iterative import _ImputerTriplet
from sklearn.metrics._scorer import _CurveScorer
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import (
    KernelCenterer,
    LabelBinarizer,
    LabelEncoder,
    OneHotEncoder,
    StandardScaler,
)

from jobs.pickles.allowed_names import NameTable, Use
from jobs.pickles.errors import UnsafePickleError

# Parts that scikit-learn makes itself, each of exactly one class.
_PARTS: Mapping[str, type] = {
    "_bin_mapper": _BinMapper,
    "_centerer": KernelCenterer,
    "_curve_scorer": _CurveScorer,
    "_encoder": OneHotEncoder,
    "_label_binarizer": LabelBinarizer,
    "_label_encoder": LabelEncoder,
    "_preprocessor": ColumnTransformer,
    "_scaler": StandardScaler,
    "_tfidf": TfidfTransformer,
    "calibrated_classifiers_": _CalibratedClassifier,
    "imputation_sequence_": _ImputerTriplet,
    "indicator_": MissingIndicator,
    "initial_imputer_": SimpleImputer,
    "kernel_pca_": KernelPCA,
    "label_binarizer_": LabelBinarizer,
    "le_": LabelEncoder,
    "nbrs_": NearestNeighbors,
    "nn_fit": NearestNeighbors,
    "one_hot_encoder_": OneHotEncoder,
}
_LISTS_OF_PARTS = {"calibrated_classifiers_", "imputation_sequence_", "_label_encoder"}

# One estimator.
_ESTIMATORS = frozenset(
    {
        "_estimator",
        "base_estimator",
        "base_estimator_",
        "best_estimator_",
        "covariance_estimator",
        "estimator",
        "estimator_",
        "final_estimator",
        "final_estimator_",
        "init_",
        "regressor",
        "regressor_",
        "remainder",
        "transformer",
        "transformer_",
    }
)
# Estimators in a list, an array or a dictionary.
_COLLECTIONS = frozenset({"calibrators", "estimators_", "named_estimators_"})
# Estimators in a list of tuples: a name, the estimator and, for columns, which ones.
_NAMED = frozenset(
    {"_remainder", "estimators", "steps", "transformer_list", "transformers", "transformers_"}
)

# Words for an estimator that does nothing, or that scikit-learn makes itself.
_WORDS = {"passthrough", "drop", "zero", "deprecated"}
_NAMED_LENGTHS = {2, 3}
_CONTAINERS = (list, tuple, np.ndarray)


def is_estimator(value: Any, names: NameTable) -> bool:
    """Whether a value is an estimator of a class that the table allows, or the operator's own."""
    kind = type(value)
    named = names[kind.__module__, kind.__qualname__]
    return named.is_custom or (isinstance(value, BaseEstimator) and Use.NEW in named.uses)


def is_absent(value: Any) -> bool:
    """Whether a value says that there is no estimator."""
    return value is None or (isinstance(value, str) and value in _WORDS)


def validate_composition(part: Any, names: NameTable) -> None:
    """Where scikit-learn calls an estimator, there is one, or a word that it knows.

    Args:
        part: an object whose class is in the table.
        names: the table.

    Raises:
        UnsafePickleError: naming what stands there instead.
    """
    for attribute, value in vars(part).items():
        if attribute in _PARTS:
            _require_parts(part, attribute, value)
            continue
        for each in _called(part, attribute, value):
            if not (is_absent(each) or is_estimator(each, names)):
                raise _wrong(part, attribute, each)


def _wrong(part: Any, attribute: str, value: Any) -> UnsafePickleError:
    return UnsafePickleError(
        f"holds a {type(part).__name__} with a {type(value).__name__} among its {attribute}, "
        "where an estimator must be"
    )


def _require_parts(part: Any, attribute: str, value: Any) -> None:
    is_list = attribute in _LISTS_OF_PARTS and isinstance(value, list)
    for each in value if is_list else [value]:
        if each is not None and type(each) is not _PARTS[attribute]:
            raise _wrong(part, attribute, each)
        if isinstance(each, _ImputerTriplet) and not isinstance(each.estimator, BaseEstimator):
            raise _wrong(part, attribute, each.estimator)


def _called(part: Any, attribute: str, value: Any) -> Iterator[Any]:
    if attribute in _ESTIMATORS:
        yield value
    elif attribute in _COLLECTIONS:
        if isinstance(value, dict):
            yield from value.values()
        else:
            yield from _elements(part, attribute, value)
    elif attribute in _NAMED:
        named = [value] if attribute == "_remainder" else _elements(part, attribute, value)
        for each in named:
            if not isinstance(each, list | tuple) or len(each) not in _NAMED_LENGTHS:
                raise _wrong(part, attribute, each)
            if not isinstance(each[0], str):
                raise _wrong(part, attribute, each[0])
            yield each[1]


def _elements(part: Any, attribute: str, value: Any) -> list[Any]:
    if not isinstance(value, _CONTAINERS):
        raise _wrong(part, attribute, value)
    return np.asarray(value, dtype=object).ravel().tolist() if _is_array(value) else list(value)


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)
