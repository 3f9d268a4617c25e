"""Accelerates ensembles of trees; the predictions keep the same bits.

A tree's prediction for a row depends on that row alone, so rows may be evaluated in any order and
leaves may be found by any method. Only the order in which the trees' values are summed must not
change. This is verified for estimators of exactly the types below.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from .quickscorer import QuickScorer, Tree

_BOOSTED = frozenset({HistGradientBoostingClassifier, HistGradientBoostingRegressor})
_CLASSIFYING_FORESTS = frozenset({ExtraTreesClassifier, RandomForestClassifier})
_FORESTS = _CLASSIFYING_FORESTS | {ExtraTreesRegressor, RandomForestRegressor}
# Measured: rows in the same leaves of four trees take similar paths in the other trees too.
_SORTING_TREES = 4
# Sorting the rows takes as long as a few trees.
_MIN_TREES = 16


def accelerated(estimator: Any) -> Any:
    """A copy of a supported estimator with faster prediction methods, else the estimator."""
    if type(estimator) in _BOOSTED:
        return _with_quickscorer(estimator)
    if type(estimator) in _FORESTS:
        return _in_leaf_order(estimator)
    return estimator


def _with_quickscorer(boosted: Any) -> Any:
    trees = [_tree(each.nodes) for iteration in boosted._predictors for each in iteration]
    has_categories = boosted.is_categorical_ is not None
    if has_categories or not QuickScorer.is_faster(trees, boosted.n_features_in_):
        return boosted
    scorer = QuickScorer(trees)

    def add_iterations(rows: np.ndarray, _: Any, sums: np.ndarray, *_options: Any) -> None:
        scorer.add_to(sums, rows)

    accelerated = copy.copy(boosted)
    accelerated._predict_iterations = add_iterations
    return accelerated


def _tree(nodes: np.ndarray) -> Tree:
    return Tree(
        features=nodes["feature_idx"],
        thresholds=nodes["num_threshold"],
        left=nodes["left"],
        right=nodes["right"],
        is_leaf=nodes["is_leaf"].astype(bool),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        values=nodes["value"],
    )


def _in_leaf_order(forest: Any) -> Any:
    """A forest that sorts rows by their leaves before it evaluates them.

    The processor predicts the branch at each comparison from the rows before; for sorted rows the
    prediction is mostly right.
    """
    if forest.n_outputs_ > 1 or len(forest.estimators_) < _MIN_TREES:
        return forest
    accelerated = copy.copy(forest)
    name = "predict_proba" if type(forest) in _CLASSIFYING_FORESTS else "predict"
    setattr(accelerated, name, partial(_mean_of_trees, forest, getattr(forest, name)))
    return accelerated


def _mean_of_trees(forest: Any, method: Callable[[Any], Any], rows: Any) -> Any:
    """The result of `predict` or `predict_proba`; `method` is the forest's, for sparse rows."""
    matrix = forest._validate_X_predict(rows)
    if not isinstance(matrix, np.ndarray):  # sparse
        return method(rows)
    trees = [each.tree_ for each in forest.estimators_]
    order = _leaf_order(trees[:_SORTING_TREES], matrix)
    sorted_rows = matrix[order]
    sums = np.zeros((len(matrix), trees[0].max_n_classes))
    for tree in trees:
        sums += tree.predict(sorted_rows)
    means = np.empty_like(sums)
    means[order] = sums / len(trees)
    return means if hasattr(forest, "classes_") else means[:, 0]


def _leaf_order(trees: Sequence[Any], matrix: np.ndarray) -> np.ndarray:
    """The row indices that sort rows by their leaves; shape (rows,)."""
    key = np.zeros(len(matrix), np.int64)
    for tree in trees:
        key = key * tree.node_count + tree.apply(matrix)
    return np.argsort(key)
