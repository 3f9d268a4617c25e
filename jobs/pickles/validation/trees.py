"""Validates trees: children follow their parents, and each node's feature exists."""

from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from jobs.pickles.validation.arrays import require

_BITSET_WORDS = 8


def validate_tree(tree: Tree) -> None:
    """Children come after their parents, so no path is a cycle; features exist."""
    require(0 < tree.node_count <= tree.capacity, tree, "has another number of nodes than it says")
    left, right = tree.children_left, tree.children_right
    inner = np.flatnonzero(left != -1)
    require(np.array_equal(inner, np.flatnonzero(right != -1)), tree, "has a node with one child")
    for children in (left[inner], right[inner]):
        require((children > inner).all(), tree, "leads back to a node it came from")
        require((children < tree.node_count).all(), tree, "leads to a node that it has not")
    _require_features(tree, tree.feature[inner], tree.n_features)


def _require_features(part: Any, features: Any, count: int) -> None:
    require(((features >= 0) & (features < count)).all(), part, "asks for a feature it has not")


def validate_decision_tree(estimator: BaseDecisionTree) -> None:
    """The tree has as many features as the estimator checks its input for."""
    if hasattr(estimator, "tree_"):
        _require_tree(estimator, estimator, estimator.n_features_in_)


def _require_tree(owner: Any, estimator: Any, features: int) -> None:
    is_tree = isinstance(estimator, BaseDecisionTree) and type(estimator.tree_) is Tree
    require(is_tree, owner, "has something else among its trees")
    require(estimator.tree_.n_features == features, owner, "has a tree of other features")


def validate_forest(forest: Any) -> None:
    """Each tree has the forest's features: the forest skips its trees' own input checks."""
    for estimator in getattr(forest, "estimators_", ()):
        _require_tree(forest, estimator, forest.n_features_in_)


def validate_isolation_forest(forest: Any) -> None:
    """Each tree has the forest's features, or those that were sampled for it."""
    if not hasattr(forest, "estimators_"):
        return
    samples = forest._max_features != forest.n_features_in_
    columns_of = forest.estimators_features_
    require(len(forest.estimators_) == len(columns_of), forest, "lacks columns of a tree")
    for estimator, columns in zip(forest.estimators_, columns_of, strict=True):
        _require_tree(forest, estimator, len(columns) if samples else forest.n_features_in_)


def validate_gradient_boosting(boosting: Any) -> None:
    """Each tree has the input's features, and each stage a tree for each predicted column."""
    if not hasattr(boosting, "estimators_"):
        return
    stages = boosting.estimators_
    width = boosting.n_trees_per_iteration_
    require(stages.ndim == 2 and stages.shape[1] == width, boosting, "has stages of other widths")  # noqa: PLR2004
    for estimator in stages.flat:
        features = estimator.n_features_in_
        require(features == boosting.n_features_in_, boosting, "has a tree of other features")
        _require_tree(boosting, estimator, features)
        require(estimator.tree_.value.shape[1:] == (1, 1), boosting, "has a tree of many outputs")
    first = np.zeros((1, boosting.n_features_in_), dtype=np.float32)
    require(
        boosting._raw_predict_init(first).shape == (1, width), boosting, "begins with other columns"
    )


def validate_histogram_boosting(boosting: Any) -> None:
    """Each tree is valid for the features that the preprocessor passes on."""
    if not hasattr(boosting, "_predictors"):
        return
    categorical = (
        np.zeros(boosting.n_features_in_, dtype=bool)
        if boosting._bin_mapper.is_categorical_ is None
        else boosting._bin_mapper.is_categorical_.astype(bool)
    )
    require(categorical.shape == (boosting.n_features_in_,), boosting, "has other features")
    if (preprocessor := getattr(boosting, "_preprocessor", None)) is not None:
        _validate_preprocessor(boosting, preprocessor)
    for predictor in (each for stage in boosting._predictors for each in stage):
        require(type(predictor) is TreePredictor, boosting, "has something else among its trees")
        _validate_predictor(predictor, categorical)


def _validate_preprocessor(boosting: Any, preprocessor: Any) -> None:
    """The preprocessor gives as many columns as it takes."""
    require(type(preprocessor) is ColumnTransformer, boosting, "prepares its input in another way")
    columns = 0
    for _, transformer, selected in preprocessor.transformers_:
        if transformer == "drop":
            continue
        keeps = type(transformer) in {OrdinalEncoder, FunctionTransformer}
        require(keeps, boosting, "prepares its input in another way")
        columns += int(np.count_nonzero(selected))
    require(columns == boosting.n_features_in_, boosting, "drops features")


def _validate_predictor(tree: TreePredictor, categorical: Any) -> None:
    nodes = tree.nodes
    require(nodes.dtype == PREDICTOR_RECORD_DTYPE and nodes.ndim == 1, tree, "has other nodes")
    require(len(nodes), tree, "has no node")
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    for side in ("left", "right"):
        children = nodes[side][inner].astype(np.int64)
        require((children > inner).all(), tree, "leads back to a node it came from")
        require((children < len(nodes)).all(), tree, "leads to a node that it has not")
    features = nodes["feature_idx"][inner]
    _require_features(tree, features, len(categorical))
    by_category = nodes["is_categorical"][inner] != 0
    require(categorical[features[by_category]].all(), tree, "takes a number for a category")
    for bitsets in (tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets):
        require(bitsets.shape[1:] == (_BITSET_WORDS,), tree, "has other sets of categories")
        bitset_indices = nodes["bitset_idx"][inner][by_category]
        require((bitset_indices < len(bitsets)).all(), tree, "asks for categories that it has not")
