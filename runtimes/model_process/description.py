"""What a model says of itself, as JSON: the product's own process never sees the model.

The sentences and the signature are made of it by `jobs/models`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import containers, estimators
from .known_values import json_value, known_values

_MOST_CLASSES = 100
_LABEL_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "FLOAT", "U": "STRING"}
_VERSIONED = (
    "catboost",
    "category_encoders",
    "imblearn",
    "joblib",
    "lightgbm",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "xgboost",
)


def description(model: Any) -> dict[str, Any]:
    """The facts about a loaded object; `predicts` is False for one that is no fitted model."""
    facts: dict[str, Any] = {
        "estimator": estimators.class_name(model),
        "predicts": hasattr(model, "predict") and not isinstance(model, type),
        "is_class": isinstance(model, type),
        "parts": containers.parts(model),
    }
    if facts["predicts"]:
        facts.update(_of_estimator(model))
    return facts


def _of_estimator(model: Any) -> dict[str, Any]:
    kind = estimators.estimator_type(model)
    is_classifier = kind == "classifier" and hasattr(model, "classes_")
    names = estimators.feature_names(model)
    return {
        "kind": kind,
        "is_fitted": _is_fitted(model),
        "features": names,
        "feature_count": 1 if estimators.takes_texts(model) else estimators.feature_count(model),
        "takes": _takes(model, names),
        "takes_missing": estimators.takes_missing(model),
        "is_labelling": kind in estimators.LABELLING_TYPES,
        "outputs": [_labels(each) for each in estimators.classes(model)] if is_classifier else None,
        "output_count": None if is_classifier else estimators.output_count(model),
        "known_values": known_values(model),
    }


def _takes(model: Any, names: Sequence[str] | None) -> str:
    """How rows are handed over: as a DataFrame, as an array, or as one dimension of texts."""
    if estimators.takes_texts(model):
        return "texts"
    return "array" if names is None and estimators.was_fitted_on_array(model) else "frame"


def _is_fitted(model: Any) -> bool:
    """False only for an estimator of scikit-learn that says so."""
    final = _final(model)
    if not type(final).__module__.startswith("sklearn."):
        return True
    try:
        validation = importlib.import_module("sklearn.utils.validation")
        validation.check_is_fitted(final)
    except Exception as error:  # noqa: BLE001  (estimators of other libraries may raise anything)
        return type(error).__name__ != "NotFittedError"
    return True


def _final(model: Any) -> Any:
    steps = getattr(model, "steps", None)
    return steps[-1][1] if isinstance(steps, list) and steps else model


def _labels(classes: Any) -> dict[str, Any]:
    """The BigQuery type of labels, None when there is none, and the first of them."""
    labels = np.asarray(classes)
    kind = "STRING" if all(isinstance(each, str) for each in labels.tolist()) else None
    kind = kind or _LABEL_TYPES.get(labels.dtype.kind)
    first = [json_value(each) for each in labels.tolist()[:_MOST_CLASSES]]
    return {"type": kind, "dtype": str(labels.dtype), "classes": first}


def library_versions() -> dict[str, str]:
    """The versions of the libraries that models are made of, as far as they are imported here."""
    imported = {name: sys.modules.get(name) for name in _VERSIONED}
    return {name: str(module.__version__) for name, module in imported.items() if module}
