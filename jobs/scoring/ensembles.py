"""Ensembles of trees, in less time and to the same last bit.

What a tree answers for a row depends on that row alone, so rows may be taken in any order and by
any way that ends in the same leaf; what may not change is the order in which trees are added up.
Only estimators of exactly the types below are known to be so.
"""

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

from jobs.scoring.quickscorer import QuickScorer, Tree

_BOOSTED = frozenset({HistGradientBoostingClassifier, HistGradientBoostingRegressor})
_CLASSIFYING_FORESTS = frozenset({ExtraTreesClassifier, RandomForestClassifier})
_FORESTS = _CLASSIFYING_FORESTS | {ExtraTreesRegressor, RandomForestRegressor}
# Measured: rows that agree in the leaves of so many trees take much the same way in the others too.
_ORDERING_TREES = 4
# To put rows in order takes as long as a few trees.
_LEAST_TREES = 16


def accelerated(estimator: Any) -> Any:
    """The estimator or, where it is known how, a copy that gives its answers in less time."""
    if type(estimator) in _BOOSTED:
        return _by_masks(estimator)
    if type(estimator) in _FORESTS:
        return _in_leaf_order(estimator)
    return estimator


def _by_masks(boosted: Any) -> Any:
    trees = [_tree(each.nodes) for iteration in boosted._predictors for each in iteration]
    of_categories = boosted.is_categorical_ is not None
    if of_categories or not QuickScorer.pay(trees, boosted.n_features_in_):
        return boosted
    masks = QuickScorer(trees)

    def add_iterations(rows: np.ndarray, _: Any, sums: np.ndarray, *_options: Any) -> None:
        masks.add_to(sums, rows)

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
    """A forest that walks rows together which end in the same leaves.

    A processor guesses at each comparison which way it will go; where the row before has gone the
    same way, it guesses right.
    """
    if forest.n_outputs_ > 1 or len(forest.estimators_) < _LEAST_TREES:
        return forest
    accelerated = copy.copy(forest)
    name = "predict_proba" if type(forest) in _CLASSIFYING_FORESTS else "predict"
    setattr(accelerated, name, partial(_mean_of_trees, forest, getattr(forest, name)))
    return accelerated


def _mean_of_trees(forest: Any, method: Callable[[Any], Any], rows: Any) -> Any:
    """What the method answers, of which shape it ever is."""
    matrix = forest._validate_X_predict(rows)
    if not isinstance(matrix, np.ndarray):  # but sparse
        return method(rows)
    trees = [each.tree_ for each in forest.estimators_]
    order = _leaf_order(trees[:_ORDERING_TREES], matrix)
    ordered = matrix[order]
    sums = np.zeros((len(matrix), trees[0].max_n_classes))
    for tree in trees:
        sums += tree.predict(ordered)
    means = np.empty_like(sums)
    means[order] = sums / len(trees)
    return means if hasattr(forest, "classes_") else means[:, 0]


def _leaf_order(trees: Sequence[Any], matrix: np.ndarray) -> np.ndarray:
    """Places of the rows, those that share their leaves beside each other."""
    key = np.zeros(len(matrix), np.int64)
    for tree in trees:
        key = key * tree.node_count + tree.apply(matrix)
    return np.argsort(key)
