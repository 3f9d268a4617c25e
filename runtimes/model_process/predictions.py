"""Labels and probabilities in one pass, bit for bit those of the estimator's own methods.

`predict` and `predict_proba` of a pipeline each transform the rows. Here the rows are transformed
once, and for many estimators the labels follow from the probabilities. This is verified for the
versions of scikit-learn in `VERIFIED_MINORS`; in other runtimes the estimator's own methods are
called, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from .errors import ModelError
from .estimators import SKLEARN_MINOR, is_classifier
from .labels import class_indices, label_indices, reported
from .loading import words

VERIFIED_MINORS = frozenset({"1.9"})

if SKLEARN_MINOR in VERIFIED_MINORS:  # older ones lack what these import
    from .cached_encoder import with_cached_encoders
    from .ensembles import accelerated

_MATRIX_DIMENSIONS = 2

# Their methods call those of `best_estimator_`.
_SEARCHES = frozenset({GridSearchCV, RandomizedSearchCV})


@dataclass(frozen=True)
class Predictions:
    """One output's predictions for n rows.

    Attributes:
        values: shape (n,); labels or numbers.
        probabilities: shape (n,); None when the estimator gives none.
    """

    values: np.ndarray
    probabilities: np.ndarray | None


class Predictor:
    """A fitted estimator with accelerated prediction; safe to call from many threads at once.

    Attributes:
        has_probabilities: whether each output comes with probabilities.
    """

    def __init__(self, estimator: Any, takes: str, *, is_plain: bool = False):
        """Look how an estimator predicts.

        Args:
            estimator: the fitted estimator.
            takes: how rows are handed over: "frame", "array" or "texts".
            is_plain: whether its own methods are called, and nothing else.
        """
        import_lazy_modules()
        self._takes = takes
        self._is_verified = SKLEARN_MINOR in VERIFIED_MINORS and not is_plain
        self._is_classifier = is_classifier(estimator)
        self.has_probabilities = self._is_classifier and hasattr(estimator, "predict_proba")
        self._transformers: list[Any] = []
        self._final = estimator
        if self._is_verified:
            while type(self._final) in _SEARCHES:
                self._final = self._final.best_estimator_
            self._transformers, final = _steps(self._final)
            self._final = accelerated(final)
            self.has_probabilities = self._is_classifier and hasattr(self._final, "predict_proba")

    def predict(self, frame: pd.DataFrame) -> tuple[Predictions, ...]:
        """Each output's predictions for a frame of features, in the order of its rows.

        Raises:
            ModelError: when the estimator raises an error or returns another shape.
        """
        try:
            # Batches run in parallel already, and joblib's threads would sum the trees of a forest
            # in an order that changes from call to call.
            with sequential():
                predictions = self._predictions(rows_of(frame, self._takes))
        except MemoryError:
            raise
        except Exception as error:
            # Estimators raise any type of error on values that they were not trained for.
            raise ModelError(
                f"the model cannot score these rows: {words(error)}", "MODEL_REFUSED_ROWS"
            ) from error
        for output in predictions:
            _require_one_value_per_row(output.values, len(frame))
        return predictions

    def _predictions(self, rows: Any) -> tuple[Predictions, ...]:
        for transformer in self._transformers:
            rows = transformer.transform(rows)
        if not self.has_probabilities:
            return tuple(Predictions(each, None) for each in _columns(self._final.predict(rows)))
        if isinstance(self._final.classes_, list) and np.ndim(self._final.classes_[0]):
            return self._multi_output(_columns(self._final.predict(rows)), rows)
        return (self._single_output(rows),)

    def _single_output(self, rows: Any) -> Predictions:
        probabilities = np.asarray(self._final.predict_proba(rows))
        classes = np.asarray(self._final.classes_)
        indices = label_indices(probabilities, type(self._final)) if self._is_verified else None
        if indices is not None:
            labels = classes.take(indices)
        else:
            (labels,) = _columns(self._final.predict(rows))
            indices = class_indices(labels, classes)
        return Predictions(labels, reported(probabilities, indices))

    def _multi_output(self, outputs: Sequence[np.ndarray], rows: Any) -> tuple[Predictions, ...]:
        matrices = self._final.predict_proba(rows)
        if isinstance(matrices, np.ndarray):  # of a ClassifierChain; shape (rows, outputs)
            return tuple(map(Predictions, outputs, matrices.T))
        return tuple(
            Predictions(labels, reported(matrix, class_indices(labels, classes)))
            for labels, matrix, classes in zip(outputs, matrices, self._final.classes_)
        )


def rows_of(frame: pd.DataFrame, takes: str) -> Any:
    """The rows in the form that the estimator takes."""
    if takes == "frame":
        return frame
    if takes == "texts":
        return frame.iloc[:, 0]
    # Row by row, as most arrays are made: the order changes the last bits of a product of matrices.
    return np.ascontiguousarray(frame.to_numpy())


def sequential() -> Any:
    """A context in which joblib starts no threads and no processes."""
    configure = getattr(joblib, "parallel_config", None)
    return configure(backend="sequential") if configure else joblib.parallel_backend("sequential")


@lru_cache(maxsize=None)
def import_lazy_modules() -> None:
    """Import what scikit-learn imports when it validates its first rows, before threads start."""
    frame = pd.DataFrame({"any": [0.0]})
    for rows in (frame, frame.to_numpy()):
        SimpleImputer().fit(rows)


def _steps(estimator: Any) -> tuple[list[Any], Any]:
    """The transformers in their order, and the final estimator."""
    if type(estimator) is not Pipeline:
        return [], estimator
    *transformers, final = (step for _, step in estimator.steps)
    transformers = [each for each in transformers if each not in (None, "passthrough")]
    if transformers and transformers[0] is estimator[0]:
        transformers[0] = with_cached_encoders(transformers[0])
    return transformers, final


def _columns(values: Any) -> list[np.ndarray]:
    """The values of each output; a single output may have shape (rows,) or (rows, 1)."""
    array = np.asarray(values)
    return [array] if array.ndim != _MATRIX_DIMENSIONS else list(array.T)


def _require_one_value_per_row(values: np.ndarray, rows: int) -> None:
    if values.shape != (rows,):
        raise ModelError(
            f"the model answered {rows} rows with an array of shape {values.shape}; "
            "it must be one value a row and output",
            "UNEXPECTED_SHAPE",
        )
