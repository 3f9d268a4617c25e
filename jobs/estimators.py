"""What a fitted scikit-learn estimator takes and gives, found out from the estimator itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn.base

from shared.errors import FailedPrecondition

_LABEL_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "FLOAT", "U": "STRING"}


def feature_names(estimator: Any, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the columns that the estimator wants, in its order.

    Raises:
        FailedPrecondition: when neither the estimator nor metadata.json names them.
    """
    own = getattr(estimator, "feature_names_in_", None)
    names: Sequence[Any] = (metadata.get("features") or ()) if own is None else list(own)
    if not names:
        raise FailedPrecondition(
            "the model does not know its feature columns: fit it on a DataFrame, "
            'or list them in metadata.json as "features"',
            reason="FEATURES_UNKNOWN",
        )
    return tuple(str(name) for name in names)


@dataclass(frozen=True, slots=True)
class PredictionKind:
    """What a prediction of an estimator looks like.

    Attributes:
        type: BigQuery type of the prediction.
        with_probability: whether the output has a probability column.
    """

    type: str
    with_probability: bool


def prediction_kind(estimator: Any) -> PredictionKind:
    """The kind of prediction that an estimator makes.

    Raises:
        FailedPrecondition: when it predicts several outputs, or labels without a BigQuery type.
    """
    if sklearn.base.is_classifier(estimator):
        return PredictionKind(_label_type(estimator.classes_), with_probability=True)
    if sklearn.base.is_clusterer(estimator) or sklearn.base.is_outlier_detector(estimator):
        return PredictionKind("INTEGER", with_probability=False)
    return PredictionKind("FLOAT", with_probability=False)


def _label_type(classes: Any) -> str:
    if isinstance(classes, list):
        raise FailedPrecondition(
            f"the model predicts {len(classes)} outputs; one output is supported",
            reason="MULTIPLE_OUTPUTS",
        )
    if all(isinstance(label, str) for label in classes):
        return "STRING"
    if kind := _LABEL_TYPES.get(np.asarray(classes).dtype.kind):
        return kind
    raise FailedPrecondition(
        f"the model's labels ({np.asarray(classes).dtype}) have no type in BigQuery: "
        "train it on texts, integers, floats or booleans",
        reason="UNSUPPORTED_LABELS",
    )
