"""Asks a model by its own methods, and looks whether the answers are predictions at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .estimators import is_classifier
from .loading import words
from .predictions import rows_of, sequential

_TOLERANCE = 1e-4  # of probabilities that are summed in 32 bits
_MATRIX = 2  # dimensions


def check(model: Any, frame: pd.DataFrame, takes: str) -> dict[str, Any]:
    """What is wrong with the answers for a frame of rows.

    Returns:
        `raised`: the error that `predict` or `predict_proba` raised, None when none was raised.
        `problem`: a sentence about answers that are none, None when they are well.
        `is_fitted`: False when the model says that it was never fitted.
    """
    rows = rows_of(frame, takes)
    try:
        with sequential():
            values = np.asarray(model.predict(rows))
            matrices = _probabilities(model, rows)
    except Exception as error:  # noqa: BLE001  (estimators can raise anything)
        fitted = type(error).__name__ != "NotFittedError"
        return {"raised": words(error), "problem": None, "is_fitted": fitted}
    problem = _shape_problem(values, len(frame))
    for matrix in matrices if values.ndim == 1 or len(matrices) > 1 else ():
        problem = problem or _probability_problem(matrix, len(frame))
    return {"raised": None, "problem": problem, "is_fitted": True}


def _probabilities(model: Any, rows: Any) -> list[np.ndarray]:
    if not (is_classifier(model) and hasattr(model, "predict_proba")):
        return []
    found = model.predict_proba(rows)
    if isinstance(found, list):
        return [np.asarray(each) for each in found]
    # A chain of classifiers gives the probability of each output in a column of its own.
    is_chain = hasattr(model, "classes_") and isinstance(model.classes_, list)
    matrix = np.asarray(found)
    if is_chain and np.ndim(model.classes_[0]):
        return [np.column_stack([1 - column, column]) for column in matrix.T]
    return [matrix]


def _shape_problem(values: np.ndarray, rows: int) -> str | None:
    if values.ndim in (1, _MATRIX) and values.shape[0] == rows:
        return None
    return f"it answers {rows} rows with an array of shape {values.shape}"


def _probability_problem(matrix: np.ndarray, rows: int) -> str | None:
    if matrix.ndim != _MATRIX or matrix.shape[0] != rows:
        return f"it gives probabilities of shape {matrix.shape} for {rows} rows"
    if not np.isfinite(matrix).all():
        return "it gives probabilities that are no numbers"
    if matrix.min() < -_TOLERANCE or matrix.max() > 1 + _TOLERANCE:
        worst = matrix.min() if matrix.min() < -_TOLERANCE else matrix.max()
        return f"it gives a probability of {worst:.6g}; probabilities are between 0 and 1"
    # A row of zeros says that no class was near enough, e.g. of neighbors within a radius.
    sums = matrix[matrix.any(axis=1)].sum(axis=1)
    if not len(sums):
        return None
    worst = sums[np.abs(sums - 1).argmax()]
    if abs(worst - 1) > _TOLERANCE:
        return f"it gives probabilities whose sum is {worst:.6g}, not 1"
    return None
