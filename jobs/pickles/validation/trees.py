"""Validates trees: each node leads to later nodes, and features and outputs are the estimator's."""

from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from jobs.pickles.validation.arrays import count_of, require, require_within

_MAX_SAMPLES = 1 << 53


def validate_tree(tree: Tree) -> None:
    """Every node but the first is the child of one earlier node; features exist.

    So no path is a cycle, and no path is longer than the depth, for which compiled code takes
    memory.
    """
    require(0 < tree.node_count <= tree.capacity, tree, "has another number of nodes than it says")
    left, right = tree.children_left, tree.children_right
    inner = np.flatnonzero(left != -1)
    require(np.array_equal(inner, np.flatnonzero(right != -1)), tree, "has a node with one child")
    for children in (left[inner], right[inner]):
        require((children > inner).all(), tree, "leads back to a node it came from")
        require((children < tree.node_count).all(), tree, "leads to a node that it has not")
    children = np.sort(np.concatenate([left[inner], right[inner]]))
    is_tree = np.array_equal(children, np.arange(1, tree.node_count))
    require(is_tree, tree, "leads to a node in two ways, or in none")
    depth = int(tree.compute_node_depths().max()) - 1
    require(depth <= tree.max_depth < tree.node_count, tree, "has another depth than it says")
    require_features(tree, tree.feature[inner], tree.n_features)


def require_features(part: Any, features: Any, count: int) -> None:
    """Require feature numbers from 0 to below `count`.

    Raises:
        UnsafePickleError: when one is not.
    """
    require(((features >= 0) & (features < count)).all(), part, "asks for a feature it has not")


def validate_decision_tree(estimator: BaseDecisionTree) -> None:
    """The tree has the features, outputs and classes of its estimator."""
    if not hasattr(estimator, "tree_"):
        return
    outputs = count_of(estimator, estimator.n_outputs_)
    _require_tree(estimator, estimator, estimator.n_features_in_, outputs)
    if hasattr(estimator, "classes_"):
        classes = estimator.classes_ if outputs > 1 else [estimator.classes_]
        counts = [len(each) for each in classes]
        fits = np.array_equal(estimator.tree_.n_classes, counts)
        require(fits, estimator, "has a tree of other classes")
        require(np.array_equal(np.atleast_1d(estimator.n_classes_), counts), estimator, _CLASSES)


_CLASSES = "has another number of classes than it says"


def _require_tree(owner: Any, estimator: Any, features: int, outputs: int | None = None) -> None:
    is_tree = isinstance(estimator, BaseDecisionTree) and type(estimator.tree_) is Tree
    require(is_tree, owner, "has something else among its trees")
    fits = estimator.tree_.n_features == features == estimator.n_features_in_
    require(fits, owner, "has a tree of other features")
    if outputs is not None:
        require(estimator.tree_.n_outputs == outputs, owner, "has a tree of other outputs")


def validate_forest(forest: Any) -> None:
    """Each tree has the forest's features: the forest skips its trees' own input checks.

    The forest takes memory for its own number of outputs and classes, so they are the trees'.
    """
    if not hasattr(forest, "estimators_"):
        return
    outputs = count_of(forest, forest.n_outputs_)
    classes = getattr(forest, "n_classes_", None)
    for estimator in forest.estimators_:
        _require_tree(forest, estimator, forest.n_features_in_, outputs)
        if classes is not None:
            fits = np.array_equal(np.atleast_1d(classes), estimator.tree_.n_classes)
            require(fits, forest, "has a tree of other classes")
    if hasattr(forest, "classes_") and classes is not None:
        labels = forest.classes_ if outputs > 1 else [forest.classes_]
        counts = [len(each) for each in labels]
        require(np.array_equal(np.atleast_1d(classes), counts), forest, _CLASSES)


def validate_isolation_forest(forest: Any) -> None:
    """Each tree has the forest's features, or those that were sampled for it."""
    if not hasattr(forest, "estimators_"):
        return
    features = count_of(forest, forest.n_features_in_)
    sampled = count_of(forest, forest._max_features)
    require(0 < sampled <= features, forest, "samples features that it has not")
    require(0 < forest._max_samples < _MAX_SAMPLES, forest, "samples rows without end")
    columns_of = forest.estimators_features_
    require(len(forest.estimators_) == len(columns_of), forest, "lacks columns of a tree")
    for estimator, columns in zip(forest.estimators_, columns_of, strict=True):
        require_within(forest, columns, features)
        require(columns.ndim == 1, forest, "lacks columns of a tree")
        _require_tree(forest, estimator, len(columns) if sampled != features else features, 1)


def validate_gradient_boosting(boosting: Any) -> None:
    """Each tree has the input's features, and each stage a tree for each predicted column."""
    if not hasattr(boosting, "estimators_"):
        return
    stages = boosting.estimators_
    width = boosting.n_trees_per_iteration_
    require(stages.ndim == 2 and stages.shape[1] == width, boosting, "has stages of other widths")  # noqa: PLR2004
    features = boosting.n_features_in_
    for estimator in stages.flat:
        _require_tree(boosting, estimator, features, 1)
        require(estimator.tree_.value.shape[1:] == (1, 1), boosting, "has a tree of many outputs")
    _require_columns(boosting, features, width)


def _require_columns(boosting: Any, features: int, width: int) -> None:
    """Compiled code writes into a column of the first prediction for each tree of a stage."""
    for rows in (1, 3):
        first = np.zeros((rows, features), dtype=np.float32)
        shape = boosting._raw_predict_init(first).shape
        require(shape == (rows, width), boosting, "begins with other columns")
    first_estimator = boosting.init_
    is_known = isinstance(first_estimator, DummyClassifier | DummyRegressor)
    if not is_known and not isinstance(first_estimator, str):
        require(
            getattr(first_estimator, "n_features_in_", None) == features,
            boosting,
            "begins with an estimator of other features",
        )
