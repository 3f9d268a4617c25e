"""The input columns and the kinds of outputs of a fitted scikit-learn estimator."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn.base
import sklearn.utils
from sklearn.multioutput import MultiOutputRegressor, RegressorChain
from sklearn.pipeline import Pipeline

from shared.errors import FailedPrecondition
from shared.tables.feature_columns import features_unknown

# These predict the number of a cluster or of a component, or -1 and 1.
_LABELLING_TYPES = frozenset({"clusterer", "density_estimator", "outlier_detector"})
_MATRIX = 2  # dimensions
_LABEL_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "FLOAT", "U": "STRING"}


def input_names(estimator: Any, metadata: Mapping[str, Any]) -> list[str]:
    """Names of the input columns: the estimator's own, else metadata.json's, else none."""
    own = getattr(estimator, "feature_names_in_", None)
    listed = metadata.get("features") if own is None else own
    return [] if listed is None else [str(name) for name in listed]


def feature_names(estimator: Any, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the estimator's input columns, in its order.

    Raises:
        FailedPrecondition: when neither the estimator nor metadata.json names them.
    """
    if not (names := input_names(estimator, metadata)):
        raise features_unknown()
    return tuple(names)


@dataclass(frozen=True, slots=True)
class PredictionKind:
    """The kind of one output of an estimator.

    Attributes:
        type: BigQuery type of the prediction.
        with_probability: whether the output has a probability column.
    """

    type: str
    with_probability: bool


def prediction_kinds(
    estimator: Any, metadata: Mapping[str, Any] | None = None
) -> tuple[PredictionKind, ...]:
    """The kind of each output of an estimator.

    Some regressors do not say how many outputs they have; "targets" in metadata.json does.

    Raises:
        FailedPrecondition: when it predicts labels that have no BigQuery type.
    """
    if sklearn.base.is_classifier(estimator):
        classes = estimator.classes_ if isinstance(estimator.classes_, list) else None
        types = map(_label_type, classes or [estimator.classes_])
        return tuple(PredictionKind(each, with_probability=True) for each in types)
    if sklearn.utils.get_tags(estimator).estimator_type in _LABELLING_TYPES:
        return (PredictionKind("INTEGER", with_probability=False),)
    outputs = len((metadata or {}).get("targets") or ()) or _output_count(estimator)
    return (PredictionKind("FLOAT", with_probability=False),) * outputs


def _output_count(regressor: Any) -> int:
    """How many numbers a regressor predicts for a row; 1 when it does not say."""
    final = getattr(regressor, "best_estimator_", regressor)
    if isinstance(final, Pipeline):
        return _output_count(final[-1])
    if isinstance(final, MultiOutputRegressor | RegressorChain):
        return len(final.estimators_)
    coefficients = np.shape(getattr(final, "coef_", ()))
    of_matrix = coefficients[0] if len(coefficients) == _MATRIX else 1
    return int(getattr(final, "n_outputs_", of_matrix))


def _label_type(classes: Any) -> str:
    if all(isinstance(label, str) for label in classes):
        return "STRING"
    if kind := _LABEL_TYPES.get(np.asarray(classes).dtype.kind):
        return kind
    raise FailedPrecondition(
        f"the model's labels ({np.asarray(classes).dtype}) have no type in BigQuery: "
        "train it on texts, integers, floats or booleans",
        reason="UNSUPPORTED_LABELS",
    )
