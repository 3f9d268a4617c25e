"""Whether encoders of categories, words and labels are sound.

They build sparse matrices out of numbers that they remember, and compiled code writes wherever such
a number points. So no encoder may remember a place that its output has not.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.pickles.validation.arrays import require


def check_one_hot(encoder: Any) -> None:
    """Every category has its column, also after the rare ones are one and one is dropped."""
    if not hasattr(encoder, "categories_"):
        return
    drops = encoder._drop_idx_after_grouping
    drops = [None] * len(encoder.categories_) if drops is None else list(drops)
    groups = (
        encoder._default_to_infrequent_mappings
        if encoder._infrequent_enabled
        else [None] * len(encoder.categories_)
    )
    widths = encoder._n_features_outs
    for categories, group, drop, width in zip(
        encoder.categories_, groups, drops, widths, strict=True
    ):
        _require_sorted(encoder, categories)
        columns = _columns(len(categories), group, drop)
        fits = ((columns >= 0) & (columns < width)).all()
        require(fits, encoder, "puts a category into a column that it has not")


def _columns(count: int, group: Any, drop: Any) -> Any:
    columns = np.arange(count) if group is None else np.take(group, np.arange(count))
    if drop is None:
        return columns
    return (columns - (columns > drop))[columns != drop]


def _require_sorted(encoder: Any, categories: Any) -> None:
    # scikit-learn looks numbers up by bisection, and texts by their hash.
    if categories.dtype.kind in "OSU":
        return
    known = categories[categories == categories]  # noqa: PLR0124  (NaN, the last, is not itself)
    require((known[1:] > known[:-1]).all(), encoder, "has categories that are not sorted")


def check_vocabulary(vectorizer: Any) -> None:
    """Every word has its column; no files are read."""
    require(
        getattr(vectorizer, "input", "content") == "content",
        vectorizer,
        "reads files that its input names",
    )
    if hasattr(vectorizer, "vocabulary_"):
        _require_places(vectorizer, vectorizer.vocabulary_, len(vectorizer.vocabulary_))


def check_label_sets(binarizer: Any) -> None:
    """Every label has its column."""
    if places := getattr(binarizer, "_cached_dict", None):
        _require_places(binarizer, places, len(binarizer.classes_))


def _require_places(part: Any, places: Mapping[Any, Any], count: int) -> None:
    are_places = all(isinstance(each, int | np.integer) for each in places.values())
    fits = are_places and all(0 <= each < count for each in places.values())
    require(fits, part, "puts a word into a column that it has not")


def check_hasher(hasher: Any) -> None:
    """There is a column to hash into: compiled code divides by their number."""
    width = hasher.n_features
    require(isinstance(width, int | np.integer) and width > 0, hasher, "has no columns")
