"""Validates encoders of categories, words and labels.

They keep column indices and build sparse matrices from them, and compiled code writes at each
index. So each index must be a column of the encoder's output.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.pickles.validation.arrays import require


def validate_one_hot_encoder(encoder: Any) -> None:
    """Each category has a column, after infrequent ones are mapped to one and one is dropped."""
    if not hasattr(encoder, "categories_"):
        return
    drops = encoder._drop_idx_after_grouping
    drops = [None] * len(encoder.categories_) if drops is None else list(drops)
    mappings = (
        encoder._default_to_infrequent_mappings
        if encoder._infrequent_enabled
        else [None] * len(encoder.categories_)
    )
    widths = encoder._n_features_outs
    for categories, mapping, drop, width in zip(
        encoder.categories_, mappings, drops, widths, strict=True
    ):
        _require_sorted(encoder, categories)
        columns = _columns(len(categories), mapping, drop)
        fits = ((columns >= 0) & (columns < width)).all()
        require(fits, encoder, "puts a category into a column that it has not")


def _columns(count: int, mapping: Any, drop: Any) -> Any:
    columns = np.arange(count) if mapping is None else np.take(mapping, np.arange(count))
    if drop is None:
        return columns
    return (columns - (columns > drop))[columns != drop]


def _require_sorted(encoder: Any, categories: Any) -> None:
    # scikit-learn finds numbers by bisection; it finds texts by their hash, in any order.
    if categories.dtype.kind in "OSU":
        return
    known = categories[categories == categories]  # noqa: PLR0124  (NaN, the last, is not itself)
    require((known[1:] > known[:-1]).all(), encoder, "has categories that are not sorted")


def validate_vectorizer(vectorizer: Any) -> None:
    """Each word has a column, and the vectorizer reads no files."""
    require(
        getattr(vectorizer, "input", "content") == "content",
        vectorizer,
        "reads files that its input names",
    )
    if hasattr(vectorizer, "vocabulary_"):
        _require_columns(vectorizer, vectorizer.vocabulary_, len(vectorizer.vocabulary_))


def validate_label_binarizer(binarizer: Any) -> None:
    """Each label has a column."""
    if indices := getattr(binarizer, "_cached_dict", None):
        _require_columns(binarizer, indices, len(binarizer.classes_))


def _require_columns(part: Any, indices: Mapping[Any, Any], count: int) -> None:
    are_integers = all(isinstance(each, int | np.integer) for each in indices.values())
    fits = are_integers and all(0 <= each < count for each in indices.values())
    require(fits, part, "puts a word into a column that it has not")


def validate_hasher(hasher: Any) -> None:
    """The number of columns is positive, because compiled code divides by it."""
    width = hasher.n_features
    require(isinstance(width, int | np.integer) and width > 0, hasher, "has no columns")
