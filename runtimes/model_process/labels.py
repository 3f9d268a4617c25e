"""Labels that follow from probabilities, without another pass over the rows."""

from __future__ import annotations

import numpy as np
from sklearn import (
    discriminant_analysis,
    ensemble,
    linear_model,
    naive_bayes,
    neighbors,
    neural_network,
    tree,
)

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
        getattr(ensemble, "HistGradientBoostingClassifier", None),
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


def label_indices(probabilities: np.ndarray, kind: type) -> np.ndarray | None:
    """The class indices that an estimator of this type predicts, None if only `predict` knows."""
    if kind in LABELS_BY_PROBABILITY:
        return probabilities.argmax(axis=1)
    if kind not in LABELS_BY_SCORE or _may_tie(probabilities):
        return None
    if probabilities.shape[1] == _BINARY:  # a tenth of argmax's time; `_may_tie` excludes NaN
        return (probabilities[:, 1] > probabilities[:, 0]).view(np.int8)
    return probabilities.argmax(axis=1)


def class_indices(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The index of each label among the classes; shape (rows,)."""
    # `outlier_label` need not be a class; all probabilities of such a row are zero.
    order = np.argsort(classes, kind="stable")  # other libraries' classes need not be sorted
    found = np.searchsorted(classes, labels, sorter=order).clip(max=len(classes) - 1)
    return order.take(found)


def _may_tie(probabilities: np.ndarray) -> bool:
    """Whether in some row the two highest probabilities differ by rounding only."""
    classes = probabilities.shape[1]
    if classes == 1:
        return False
    # `partition` moves the two highest to the end; two columns need no order.
    pairs = probabilities if classes == _BINARY else np.partition(probabilities, -2, axis=1)
    margins = np.abs(pairs[:, -1] - pairs[:, -2])
    return not bool((margins > np.sqrt(np.finfo(margins.dtype).eps)).all())


def reported(probabilities: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The probabilities of the positive class if there are two, else of the predicted class."""
    if probabilities.shape[1] == _BINARY:
        return probabilities[:, 1]
    of_predicted: np.ndarray = probabilities[np.arange(len(indices)), indices]
    return of_predicted
