"""Predictions in one pass over the rows, bit for bit those of the estimator's own methods.

`predict` and `predict_proba` of a pipeline would each transform the rows. Here they are transformed
once, and for many estimators the probabilities tell the labels too.
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

# Their `predict` is the argmax of a score of which the probability is a growing function. Rounding
# can make two probabilities equal whose scores are not, so near ties are for `predict` to decide.
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
_MATRIX = 2  # dimensions

# Their methods are those of `best_estimator_`.
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
    """A fitted estimator, ready to predict batch after batch, from any number of threads."""

    def __init__(self, estimator: Any):
        _meet_rows()
        self._takes_names = hasattr(estimator, "feature_names_in_")
        while type(estimator) in _SEARCHES:
            estimator = estimator.best_estimator_
        self._transformers, final = _steps(estimator)
        self._final = accelerated(final)
        self._is_classifier = sklearn.base.is_classifier(estimator)

    def predict(self, frame: pd.DataFrame) -> tuple[Predictions, ...]:
        """Each output's predictions for the rows of a frame of the features, in their order.

        Raises:
            FailedPrecondition: when the estimator refuses the rows or answers in another shape.
        """
        try:
            # Parallel within an estimator adds nothing to batches in parallel, and adds up the
            # trees of a forest in an order that changes from call to call.
            with joblib.parallel_config(backend="sequential"):
                predictions = self._predictions(frame if self._takes_names else frame.to_numpy())
        except Exception as error:
            # Estimators raise what they like on values that they were not trained for.
            raise FailedPrecondition(
                f"the model cannot score these rows: {type(error).__name__}: {error}",
                reason="MODEL_REFUSED_ROWS",
            ) from error
        for output in predictions:
            _require_a_value_each(output.values, len(frame))
        return predictions

    def _predictions(self, rows: Any) -> tuple[Predictions, ...]:
        for transformer in self._transformers:
            rows = transformer.transform(rows)
        if not (self._is_classifier and hasattr(self._final, "predict_proba")):
            return tuple(Predictions(each, None) for each in _columns(self._final.predict(rows)))
        if isinstance(self._final.classes_, list):
            return self._several(_columns(self._final.predict(rows)), rows)
        return (self._one(rows),)

    def _one(self, rows: Any) -> Predictions:
        probabilities = self._final.predict_proba(rows)
        indices = _told_places(probabilities, type(self._final))
        if indices is not None:
            labels = self._final.classes_.take(indices)
        else:
            labels = np.asarray(self._final.predict(rows))
            indices = _indices(labels, self._final.classes_)
        return Predictions(labels, _of_interest(probabilities, indices))

    def _several(self, outputs: Sequence[np.ndarray], rows: Any) -> tuple[Predictions, ...]:
        matrices = self._final.predict_proba(rows)
        if isinstance(matrices, np.ndarray):  # of a chain: a column each, of the positive classes
            return tuple(map(Predictions, outputs, matrices.T))
        return tuple(
            Predictions(labels, _of_interest(matrix, _indices(labels, classes)))
            for labels, matrix, classes in zip(outputs, matrices, self._final.classes_, strict=True)
        )


@cache
def _meet_rows() -> None:
    """Show scikit-learn its first rows, for what tells it a frame from an array imports much then.

    Else the first batch of every thread would wait for that.
    """
    frame = pd.DataFrame({"any": [0.0]})
    for rows in (frame, frame.to_numpy()):
        SimpleImputer().fit(rows)


def _steps(estimator: Any) -> tuple[list[Any], Any]:
    """What transforms the rows, one after the other, and what predicts."""
    if type(estimator) is not Pipeline:
        return [], estimator
    *transformers, final = (step for _, step in estimator.steps)
    transformers = [each for each in transformers if each not in (None, "passthrough")]
    if transformers and transformers[0] is estimator[0]:
        transformers[0] = with_cached_encoders(transformers[0])
    return transformers, final


def _told_places(probabilities: np.ndarray, kind: type) -> np.ndarray | None:
    """The indices of the labels that an estimator of this type would predict, if they tell them."""
    if kind in LABELS_BY_PROBABILITY:
        return probabilities.argmax(axis=1)
    if kind not in LABELS_BY_SCORE or _may_tie(probabilities):
        return None
    if probabilities.shape[1] == _BINARY:  # in a tenth of argmax's time; no NaN has come so far
        return (probabilities[:, 1] > probabilities[:, 0]).view(np.int8)
    return probabilities.argmax(axis=1)


def _indices(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    # A label for outliers need not be a class; the probabilities of such a row are all zero.
    return np.searchsorted(classes, labels).clip(max=len(classes) - 1)


def _may_tie(probabilities: np.ndarray) -> bool:
    """Whether in some row the two highest probabilities are equal but for rounding."""
    classes = probabilities.shape[1]
    if classes == 1:
        return False
    # Which of two is the higher does not matter; of more, the two highest go to the end.
    pairs = probabilities if classes == _BINARY else np.partition(probabilities, -2, axis=1)
    margins = np.abs(pairs[:, -1] - pairs[:, -2])
    return not bool((margins > np.sqrt(np.finfo(margins.dtype).eps)).all())


def _of_interest(probabilities: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Of the positive class where there are two, else of the predicted class."""
    if probabilities.shape[1] == _BINARY:
        return probabilities[:, 1]
    of_interest: np.ndarray = probabilities[np.arange(len(indices)), indices]
    return of_interest


def _columns(values: Any) -> list[np.ndarray]:
    """The values of each output; a single one may come as a matrix of one column."""
    array = np.asarray(values)
    return [array] if array.ndim != _MATRIX else list(array.T)


def _require_a_value_each(values: np.ndarray, rows: int) -> None:
    if values.shape != (rows,):
        raise FailedPrecondition(
            f"the model answered {rows} rows with an array of shape {values.shape}; "
            "it must be one value a row and output",
            reason="UNEXPECTED_SHAPE",
        )
