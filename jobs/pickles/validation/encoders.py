"""Validates encoders of categories and labels.

They keep column indices and build sparse matrices from them, and compiled code writes at each
index. So each index must be a column of the encoder's output.
"""

from typing import Any

import numpy as np
from sklearn.preprocessing import OrdinalEncoder

from jobs.pickles.validation.arrays import count_of, require, require_array
from jobs.pickles.validation.outputs import require_plain
from jobs.pickles.validation.vectorizers import require_columns

_COLUMN = "puts a category into a column that it has not"
_GROUPS = "groups categories that it has not"
_TARGETS = {"binary", "continuous", "multiclass"}


def validate_categories(encoder: Any) -> None:
    """Each feature has an array of categories, sorted where scikit-learn searches by bisection.

    Infrequent categories are grouped in one way: the last column after the frequent ones.
    """
    if not hasattr(encoder, "categories_"):
        return
    features = count_of(encoder, encoder.n_features_in_)
    categories = encoder.categories_
    require(isinstance(categories, list), encoder, "has categories of other features")
    require(len(categories) == features, encoder, "has categories of other features")
    for each in categories:
        is_array = isinstance(each, np.ndarray) and each.ndim == 1
        require(is_array, encoder, "has categories that are no array")
        require_plain(encoder, each)
        _require_sorted(encoder, each)
    require(type(encoder._infrequent_enabled) is bool, encoder, _GROUPS)
    for index in range(features):
        _validate_group(encoder, index)


def _require_sorted(encoder: Any, categories: Any) -> None:
    # scikit-learn finds numbers by bisection; it finds texts by their hash, in any order.
    if categories.dtype.kind in "OSU":
        return
    known = categories[categories == categories]  # noqa: PLR0124  (NaN, the last, is not itself)
    require((known[1:] > known[:-1]).all(), encoder, "has categories that are not sorted")


def _validate_group(encoder: Any, feature: int) -> None:
    if not encoder._infrequent_enabled:
        return
    rare = encoder._infrequent_indices
    mappings = encoder._default_to_infrequent_mappings
    require(len(rare) == len(mappings) == len(encoder.categories_), encoder, _GROUPS)
    if rare[feature] is None:
        require(mappings[feature] is None, encoder, _GROUPS)
        return
    count = len(encoder.categories_[feature])
    if isinstance(encoder, OrdinalEncoder) and feature in encoder._missing_indices:
        count -= 1  # a missing value is a category of its own, after the others
    require_array(encoder, rare[feature], (None,), _GROUPS)
    require_array(encoder, mappings[feature], (count,), _COLUMN)
    expected = _mapping(encoder, rare[feature], count)
    require(np.array_equal(mappings[feature], expected), encoder, _COLUMN)


def _mapping(encoder: Any, rare: Any, count: int) -> Any:
    """The column of each category: the frequent ones in their order, then one for the rare."""
    fits = rare.dtype.kind == "i" and len(rare) and ((rare >= 0) & (rare < count)).all()
    require(fits and (np.diff(rare) > 0).all(), encoder, _GROUPS)
    is_frequent = np.ones(count, dtype=bool)
    is_frequent[rare] = False
    return np.where(is_frequent, np.cumsum(is_frequent) - 1, is_frequent.sum())


def validate_one_hot_encoder(encoder: Any) -> None:
    """Each category has a column, after infrequent ones are mapped to one and one is dropped."""
    if not hasattr(encoder, "categories_"):
        return
    widths = [len(each) for each in encoder.categories_]
    if encoder._infrequent_enabled:
        rare = encoder._infrequent_indices
        widths = [
            width if each is None else width - len(each) + 1
            for width, each in zip(widths, rare, strict=True)
        ]
    drops = encoder._drop_idx_after_grouping
    drops = [None] * len(widths) if drops is None else list(drops)
    for drop, width in zip(drops, widths, strict=True):
        require(drop is None or 0 <= drop < width, encoder, _COLUMN)
    expected = [width - (drop is not None) for width, drop in zip(widths, drops, strict=True)]
    require(list(encoder._n_features_outs) == expected, encoder, _COLUMN)


def validate_ordinal_encoder(encoder: OrdinalEncoder) -> None:
    """A missing value is the last category of its feature."""
    if not hasattr(encoder, "categories_"):
        return
    for feature, index in encoder._missing_indices.items():
        is_feature = isinstance(feature, int) and 0 <= feature < len(encoder.categories_)
        require(is_feature, encoder, "has a missing value of a feature that it has not")
        last = len(encoder.categories_[feature]) - 1
        require(index == last, encoder, "has a missing value that is no category")


def validate_target_encoder(encoder: Any) -> None:
    """Each category of each feature has an encoding, for each class where there are several."""
    if not hasattr(encoder, "encodings_"):
        return
    kind = encoder.target_type_
    require(isinstance(kind, str) and kind in _TARGETS, encoder, "has another type of target")
    classes = len(encoder.classes_) if kind == "multiclass" else 1
    means = np.shape(encoder.target_mean_)
    require(means == ((classes,) if kind == "multiclass" else ()), encoder, "has other means")
    lengths = [len(each) for each in encoder.categories_ for _ in range(classes)]
    encodings = encoder.encodings_
    fits = isinstance(encodings, list) and len(encodings) == len(lengths)
    require(fits, encoder, "has encodings of other features")
    for encoding, length in zip(encodings, lengths, strict=True):
        require_array(encoder, encoding, (length,), "has encodings of other categories")


def validate_label_binarizer(binarizer: Any) -> None:
    """Each label has a column."""
    if indices := getattr(binarizer, "_cached_dict", None):
        require_columns(binarizer, indices, len(binarizer.classes_))
