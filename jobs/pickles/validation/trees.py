"""Whether trees are sound: every node leads to leaves, and asks for features that are there."""

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


def check_tree(tree: Tree) -> None:
    """Nodes lead to later nodes; features are there."""
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


def check_decision_tree(estimator: BaseDecisionTree) -> None:
    """The tree is of as many features as are let in."""
    if hasattr(estimator, "tree_"):
        _require_tree(estimator, estimator, estimator.n_features_in_)


def _require_tree(owner: Any, estimator: Any, features: int) -> None:
    is_tree = isinstance(estimator, BaseDecisionTree) and type(estimator.tree_) is Tree
    require(is_tree, owner, "has something else among its trees")
    require(estimator.tree_.n_features == features, owner, "has a tree of other features")


def check_forest(forest: Any) -> None:
    """The trees are of as many features as the forest lets in: it does not let them check."""
    for estimator in getattr(forest, "estimators_", ()):
        _require_tree(forest, estimator, forest.n_features_in_)


def check_isolation_forest(forest: Any) -> None:
    """Likewise; each tree may have columns of its own."""
    if not hasattr(forest, "estimators_"):
        return
    samples = forest._max_features != forest.n_features_in_
    columns_of = forest.estimators_features_
    require(len(forest.estimators_) == len(columns_of), forest, "lacks columns of a tree")
    for estimator, columns in zip(forest.estimators_, columns_of, strict=True):
        _require_tree(forest, estimator, len(columns) if samples else forest.n_features_in_)


def check_boosting(boosting: Any) -> None:
    """The trees are of the same features, and as many a stage as the predictions have columns."""
    if not hasattr(boosting, "estimators_"):
        return
    stages = boosting.estimators_
    width = boosting.n_trees_per_iteration_
    require(stages.ndim == 2 and stages.shape[1] == width, boosting, "has stages of other widths")  # noqa: PLR2004
    for estimator in stages.flat:
        own = estimator.n_features_in_
        require(own == boosting.n_features_in_, boosting, "has a tree of other features")
        _require_tree(boosting, estimator, own)
        require(estimator.tree_.value.shape[1:] == (1, 1), boosting, "has a tree of many outputs")
    first = np.zeros((1, boosting.n_features_in_), dtype=np.float32)
    require(
        boosting._raw_predict_init(first).shape == (1, width), boosting, "begins with other columns"
    )


def check_histogram_boosting(boosting: Any) -> None:
    """The trees are sound, for as many features as reach them."""
    if not hasattr(boosting, "_predictors"):
        return
    categorical = (
        np.zeros(boosting.n_features_in_, dtype=bool)
        if boosting._bin_mapper.is_categorical_ is None
        else boosting._bin_mapper.is_categorical_.astype(bool)
    )
    require(categorical.shape == (boosting.n_features_in_,), boosting, "has other features")
    if (preprocessor := getattr(boosting, "_preprocessor", None)) is not None:
        _check_preprocessor(boosting, preprocessor)
    for predictor in (each for stage in boosting._predictors for each in stage):
        require(type(predictor) is TreePredictor, boosting, "has something else among its trees")
        _check_predictor(predictor, categorical)


def _check_preprocessor(boosting: Any, preprocessor: Any) -> None:
    """As many columns come out as went in."""
    require(type(preprocessor) is ColumnTransformer, boosting, "prepares its input in another way")
    columns = 0
    for _, transformer, selected in preprocessor.transformers_:
        if transformer == "drop":
            continue
        keeps = type(transformer) in {OrdinalEncoder, FunctionTransformer}
        require(keeps, boosting, "prepares its input in another way")
        columns += int(np.count_nonzero(selected))
    require(columns == boosting.n_features_in_, boosting, "drops features")


def _check_predictor(tree: TreePredictor, categorical: Any) -> None:
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
    asks = nodes["is_categorical"][inner] != 0
    require(categorical[features[asks]].all(), tree, "takes a number for a category")
    for bitsets in (tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets):
        require(bitsets.shape[1:] == (_BITSET_WORDS,), tree, "has other sets of categories")
        places = nodes["bitset_idx"][inner][asks]
        require((places < len(bitsets)).all(), tree, "asks for categories that it has not")
