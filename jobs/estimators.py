"""What a fitted scikit-learn estimator takes and gives, found out from the estimator itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
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


@dataclass(frozen=True, slots=True)
class Predictions:
    """Predictions for n rows.

    Attributes:
        values: shape (n,); labels or numbers.
        probabilities: shape (n,); None when the estimator gives none.
    """

    values: np.ndarray
    probabilities: np.ndarray | None


def predict(estimator: Any, frame: pd.DataFrame) -> Predictions:
    """Predictions for the rows of a frame that holds the feature columns in the estimator's order.

    Raises:
        FailedPrecondition: when the estimator refuses the rows or answers in another shape.
    """
    rows = frame if hasattr(estimator, "feature_names_in_") else frame.to_numpy()
    try:
        values = np.asarray(estimator.predict(rows))
        probabilities = _probabilities(estimator, rows, values)
    except Exception as error:
        # Estimators raise what they like on values that they were not trained for.
        raise FailedPrecondition(
            f"the model cannot score these rows: {type(error).__name__}: {error}",
            reason="MODEL_REFUSED_ROWS",
        ) from error
    if values.shape != (len(frame),):
        raise FailedPrecondition(
            f"the model answered {len(frame)} rows with an array of shape {values.shape}; "
            "one output a row is supported",
            reason="MULTIPLE_OUTPUTS",
        )
    return Predictions(values, probabilities)


def _probabilities(estimator: Any, rows: Any, labels: np.ndarray) -> np.ndarray | None:
    if not (sklearn.base.is_classifier(estimator) and hasattr(estimator, "predict_proba")):
        return None
    matrix = np.asarray(estimator.predict_proba(rows))
    if matrix.shape[1] == 2:  # noqa: PLR2004  (binary: of the positive class)
        return matrix[:, 1]
    columns = np.searchsorted(estimator.classes_, labels)
    return matrix[np.arange(len(labels)), columns]
