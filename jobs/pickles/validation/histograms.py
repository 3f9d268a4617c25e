"""Validates histogram gradient boosting: its nodes, its categories and the columns it reads."""

from functools import partial
from typing import Any

import numpy as np
from sklearn._loss.loss import BaseLoss
from sklearn.compose import ColumnTransformer
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

from jobs.pickles.validation.arrays import count_of, require, require_array, require_within
from jobs.pickles.validation.trees import require_features

_BITSET_WORDS = 8
_MAX_CATEGORIES = 256
_PREPARATION = (("encoder", OrdinalEncoder), ("numerical", FunctionTransformer))


def validate_histogram_boosting(boosting: Any) -> None:
    """Each tree is valid for the features that the preprocessor passes on."""
    if not hasattr(boosting, "_predictors"):
        return
    # With this flag, predict takes rows for bins and checks nothing.
    is_fitted = getattr(boosting, "_in_fit", False) is False
    require(is_fitted, boosting, "was written while it was fitted")
    features = count_of(boosting, boosting.n_features_in_)
    categorical = _categorical_features(boosting, features)
    width = count_of(boosting, boosting.n_trees_per_iteration_)
    _validate_outputs(boosting, width)
    if (preprocessor := boosting._preprocessor) is not None:
        _validate_preprocessor(boosting, preprocessor, features)
    for stage in boosting._predictors:
        is_stage = isinstance(stage, list) and len(stage) == width
        require(is_stage, boosting, "has stages of other widths")
        for predictor in stage:
            is_tree = type(predictor) is TreePredictor
            require(is_tree, boosting, "has something else among its trees")
            _validate_predictor(predictor, categorical)


def _validate_outputs(boosting: Any, width: int) -> None:
    baseline = boosting._baseline_prediction
    require_array(boosting, baseline, (1, width), "begins with other columns")
    require(isinstance(boosting._loss, BaseLoss), boosting, "has no loss")
    classes = getattr(boosting, "classes_", None)
    if classes is not None:
        columns = 1 if len(classes) <= 2 else len(classes)  # noqa: PLR2004
        require(columns == width, boosting, "has columns of other classes")
        expected = boosting._loss.n_classes if boosting._loss.is_multiclass else 1
        require(expected == width, boosting, "has a loss of other classes")


def _categorical_features(boosting: Any, features: int) -> Any:
    """Which features are categories, after their categories and the bins are checked."""
    bins = boosting._bin_mapper
    require(type(bins) is _BinMapper, boosting, "has something else for its bins")
    categorical = bins.is_categorical_
    if categorical is None:
        return np.zeros(features, dtype=bool)
    is_array = isinstance(categorical, np.ndarray) and categorical.dtype.kind in "bu"
    require(is_array and categorical.shape == (features,), boosting, "has other features")
    thresholds = bins.bin_thresholds_
    require(len(thresholds) == features, boosting, "has bins of other features")
    for index in np.flatnonzero(categorical):
        categories = thresholds[index]
        require_array(boosting, categories, (None,), "has categories that are no numbers")
        # Compiled code keeps each category as a bit of 256.
        fits = (
            len(categories) <= _MAX_CATEGORIES
            and ((categories >= 0) & (categories < _MAX_CATEGORIES)).all()
        )
        require(fits, boosting, "has categories beyond a byte")
    return categorical.astype(bool)


def _validate_preprocessor(boosting: Any, preprocessor: Any, features: int) -> None:
    """The preprocessor encodes the categories, checks the numbers, and keeps every column."""
    other = "prepares its input in another way"
    require(type(preprocessor) is ColumnTransformer, boosting, other)
    transformers = preprocessor.transformers_[: len(_PREPARATION)]
    for _, transformer, selected in preprocessor.transformers_[len(_PREPARATION) :]:
        require(transformer == "drop" and not any(selected), boosting, "drops features")
    indices_of = preprocessor._transformer_to_input_indices
    chosen = np.zeros(features, dtype=int)
    for (name, transformer, selected), (expected, kind) in zip(
        transformers, _PREPARATION, strict=True
    ):
        require(name == expected and type(transformer) is kind, boosting, other)
        is_mask = isinstance(selected, np.ndarray) and selected.dtype == bool
        require(is_mask and selected.shape == (features,), boosting, "drops features")
        indices = np.asarray(indices_of[name], dtype=np.int64)
        require(np.array_equal(indices, np.flatnonzero(selected)), boosting, "drops features")
        chosen += selected
        if kind is FunctionTransformer:
            require(isinstance(transformer.func, partial), boosting, other)
    require((chosen == 1).all(), boosting, "drops features")
    require(preprocessor.n_features_in_ == features, boosting, "has other features")


def _validate_predictor(tree: TreePredictor, categorical: Any) -> None:
    nodes = tree.nodes
    is_exact = type(nodes) is np.ndarray and nodes.dtype == PREDICTOR_RECORD_DTYPE
    is_native = all(nodes.dtype[name].isnative for name in nodes.dtype.names or ())
    require(is_exact and is_native and nodes.ndim == 1, tree, "has other nodes")
    require(len(nodes), tree, "has no node")
    require((nodes["is_leaf"] <= 1).all(), tree, "has other nodes")
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    for side in ("left", "right"):
        children = nodes[side][inner].astype(np.int64)
        require((children > inner).all(), tree, "leads back to a node it came from")
        require((children < len(nodes)).all(), tree, "leads to a node that it has not")
    features = nodes["feature_idx"][inner]
    require_features(tree, features, len(categorical))
    by_category = nodes["is_categorical"][inner] != 0
    require(categorical[features[by_category]].all(), tree, "takes a number for a category")
    _validate_bits(tree, nodes["bitset_idx"][inner][by_category])


def _validate_bits(tree: TreePredictor, rows: Any) -> None:
    for bits in (tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets):
        require_array(tree, bits, (None, _BITSET_WORDS), "has other sets of categories")
        require(bits.dtype == np.uint32, tree, "has other sets of categories")
        require_within(tree, rows.astype(np.int64), max(len(bits), 1))
        require(len(bits) or not len(rows), tree, "asks for categories that it has not")
