"""Labels and probabilities in one pass, bit for bit those of the estimator's own methods.

`predict` and `predict_proba` of a pipeline each transform the rows. Here the rows are transformed
once, and for many estimators the labels follow from the probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn.base
from sklearn import (
    discriminant_analysis,
    ensemble,
    linear_model,
    naive_bayes,
    neighbors,
    neural_network,
    tree,
)
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from jobs.scoring.cached_encoder import with_cached_encoders
from jobs.scoring.ensembles import accelerated
from shared.errors import FailedPrecondition

# Their `predict` is the argmax of `predict_proba`.
LABELS_BY_PROBABILITY = frozenset(
    {
        ensemble.BaggingClassifier,
        ensemble.ExtraTreesClassifier,
        ensemble.RandomForestClassifier,
        tree.DecisionTreeClassifier,
        tree.ExtraTreeClassifier,
    }
)

# Their `predict` is the argmax of a score, and the probability is an increasing function of the
# score. Rounding can make two probabilities equal whose scores differ, so `predict` decides on near
# ties.
LABELS_BY_SCORE = frozenset(
    {
        discriminant_analysis.LinearDiscriminantAnalysis,
        discriminant_analysis.QuadraticDiscriminantAnalysis,
        ensemble.GradientBoostingClassifier,
        ensemble.HistGradientBoostingClassifier,
        linear_model.LogisticRegression,
        linear_model.LogisticRegressionCV,
        naive_bayes.BernoulliNB,
        naive_bayes.CategoricalNB,
        naive_bayes.ComplementNB,
        naive_bayes.GaussianNB,
        naive_bayes.MultinomialNB,
        neighbors.KNeighborsClassifier,
        neural_network.MLPClassifier,
    }
)

_BINARY = 2
_MATRIX_DIMENSIONS = 2

# Their methods call those of `best_estimator_`.
_SEARCHES = frozenset({GridSearchCV, RandomizedSearchCV})


@dataclass(frozen=True, slots=True)
class Predictions:
    """One output's predictions for n rows.

    Attributes:
        values: shape (n,); labels or numbers.
        probabilities: shape (n,); None when the estimator gives none.
    """

    values: np.ndarray
    probabilities: np.ndarray | None


class Predictor:
    """A fitted estimator with accelerated prediction; safe to call from many threads at once."""

    def __init__(self, estimator: Any):
        _import_lazy_modules()
        self._takes_names = hasattr(estimator, "feature_names_in_")
        while type(estimator) in _SEARCHES:
            estimator = estimator.best_estimator_
        self._transformers, final = _steps(estimator)
        self._final = accelerated(final)
        self._is_classifier = sklearn.base.is_classifier(estimator)

    def predict(self, frame: pd.DataFrame) -> tuple[Predictions, ...]:
        """Each output's predictions for a frame of features, in the order of its rows.

        Raises:
            FailedPrecondition: when the estimator raises an error or returns another shape.
        """
        try:
            # Batches run in parallel already, and joblib's threads would sum the trees of a forest
            # in an order that changes from call to call.
            with joblib.parallel_config(backend="sequential"):
                predictions = self._predictions(frame if self._takes_names else frame.to_numpy())
        except Exception as error:
            # Estimators raise any type of error on values that they were not trained for.
            raise FailedPrecondition(
                f"the model cannot score these rows: {type(error).__name__}: {error}",
                reason="MODEL_REFUSED_ROWS",
            ) from error
        for output in predictions:
            _require_one_value_per_row(output.values, len(frame))
        return predictions

    def _predictions(self, rows: Any) -> tuple[Predictions, ...]:
        for transformer in self._transformers:
            rows = transformer.transform(rows)
        if not (self._is_classifier and hasattr(self._final, "predict_proba")):
            return tuple(Predictions(each, None) for each in _columns(self._final.predict(rows)))
        if isinstance(self._final.classes_, list):
            return self._multi_output(_columns(self._final.predict(rows)), rows)
        return (self._single_output(rows),)

    def _single_output(self, rows: Any) -> Predictions:
        probabilities = self._final.predict_proba(rows)
        indices = _label_indices(probabilities, type(self._final))
        if indices is not None:
            labels = self._final.classes_.take(indices)
        else:
            labels = np.asarray(self._final.predict(rows))
            indices = _class_indices(labels, self._final.classes_)
        return Predictions(labels, _reported(probabilities, indices))

    def _multi_output(self, outputs: Sequence[np.ndarray], rows: Any) -> tuple[Predictions, ...]:
        matrices = self._final.predict_proba(rows)
        if isinstance(matrices, np.ndarray):  # of a ClassifierChain; shape (rows, outputs)
            return tuple(map(Predictions, outputs, matrices.T))
        return tuple(
            Predictions(labels, _reported(matrix, _class_indices(labels, classes)))
            for labels, matrix, classes in zip(outputs, matrices, self._final.classes_, strict=True)
        )


@cache
def _import_lazy_modules() -> None:
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


def _label_indices(probabilities: np.ndarray, kind: type) -> np.ndarray | None:
    """The class indices that an estimator of this type predicts, None if only `predict` knows."""
    if kind in LABELS_BY_PROBABILITY:
        return probabilities.argmax(axis=1)
    if kind not in LABELS_BY_SCORE or _may_tie(probabilities):
        return None
    if probabilities.shape[1] == _BINARY:  # a tenth of argmax's time; `_may_tie` excludes NaN
        return (probabilities[:, 1] > probabilities[:, 0]).view(np.int8)
    return probabilities.argmax(axis=1)


def _class_indices(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    # `outlier_label` need not be a class; all probabilities of such a row are zero.
    return np.searchsorted(classes, labels).clip(max=len(classes) - 1)


def _may_tie(probabilities: np.ndarray) -> bool:
    """Whether in some row the two highest probabilities differ by rounding only."""
    classes = probabilities.shape[1]
    if classes == 1:
        return False
    # `partition` moves the two highest to the end; two columns need no order.
    pairs = probabilities if classes == _BINARY else np.partition(probabilities, -2, axis=1)
    margins = np.abs(pairs[:, -1] - pairs[:, -2])
    return not bool((margins > np.sqrt(np.finfo(margins.dtype).eps)).all())


def _reported(probabilities: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The probabilities of the positive class if there are two, else of the predicted class."""
    if probabilities.shape[1] == _BINARY:
        return probabilities[:, 1]
    of_predicted: np.ndarray = probabilities[np.arange(len(indices)), indices]
    return of_predicted


def _columns(values: Any) -> list[np.ndarray]:
    """The values of each output; a single output may have shape (rows,) or (rows, 1)."""
    array = np.asarray(values)
    return [array] if array.ndim != _MATRIX_DIMENSIONS else list(array.T)


def _require_one_value_per_row(values: np.ndarray, rows: int) -> None:
    if values.shape != (rows,):
        raise FailedPrecondition(
            f"the model answered {rows} rows with an array of shape {values.shape}; "
            "it must be one value a row and output",
            reason="UNEXPECTED_SHAPE",
        )
