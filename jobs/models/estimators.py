"""What a fitted scikit-learn estimator takes and gives, found out from the estimator itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn.base
import sklearn.utils
from sklearn.multioutput import MultiOutputRegressor, RegressorChain
from sklearn.pipeline import Pipeline

from shared.errors import FailedPrecondition
from shared.tables.feature_columns import features_unknown

# What these predict is a number of a cluster or of a component, or -1 and 1.
_NUMBERING = frozenset({"clusterer", "density_estimator", "outlier_detector"})
_MATRIX = 2  # dimensions
_LABEL_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "FLOAT", "U": "STRING"}


def feature_names(estimator: Any, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the columns that the estimator wants, in its order.

    Raises:
        FailedPrecondition: when neither the estimator nor metadata.json names them.
    """
    own = getattr(estimator, "feature_names_in_", None)
    names: Sequence[Any] = (metadata.get("features") or ()) if own is None else list(own)
    if not names:
        raise features_unknown()
    return tuple(str(name) for name in names)


@dataclass(frozen=True, slots=True)
class PredictionKind:
    """What one output of an estimator looks like.

    Attributes:
        type: BigQuery type of the prediction.
        with_probability: whether the output has a probability column.
    """

    type: str
    with_probability: bool


def prediction_kinds(
    estimator: Any, metadata: Mapping[str, Any] | None = None
) -> tuple[PredictionKind, ...]:
    """The kinds of prediction that an estimator makes, one for each of its outputs.

    Not every regressor tells how many outputs it has; metadata.json may, by naming its "targets".

    Raises:
        FailedPrecondition: when it predicts labels that have no type in BigQuery.
    """
    if sklearn.base.is_classifier(estimator):
        classes = estimator.classes_ if isinstance(estimator.classes_, list) else None
        types = map(_label_type, classes or [estimator.classes_])
        return tuple(PredictionKind(each, with_probability=True) for each in types)
    if sklearn.utils.get_tags(estimator).estimator_type in _NUMBERING:
        return (PredictionKind("INTEGER", with_probability=False),)
    outputs = len((metadata or {}).get("targets") or ()) or _outputs(estimator)
    return (PredictionKind("FLOAT", with_probability=False),) * outputs


def _outputs(regressor: Any) -> int:
    """How many numbers a regressor predicts for a row, as far as it tells; else one."""
    final = getattr(regressor, "best_estimator_", regressor)
    if isinstance(final, Pipeline):
        return _outputs(final[-1])
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
