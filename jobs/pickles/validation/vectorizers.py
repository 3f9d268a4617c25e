"""Validates vectorizers of texts and dictionaries: columns, lengths, patterns, and where from.

Compiled code writes at the column of each word, and Python counts through n-grams and tries a
regular expression at each character.
"""

import codecs
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.pickles.validation.arrays import require
from jobs.pickles.validation.patterns import is_harmless_pattern

_MAX_NGRAM = 1000
_MAX_HASH_COLUMNS = 1 << 24
_CODEC = re.compile(r"[A-Za-z0-9_-]{1,30}")
# Their decoding takes quadratic time, or reads escapes as a program does.
_UNUSUAL_CODECS = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"}


def validate_vectorizer(vectorizer: Any) -> None:
    """Each word has a column, n-grams and patterns end, and the vectorizer reads no files."""
    require(
        getattr(vectorizer, "input", "content") == "content",
        vectorizer,
        "reads files that its input names",
    )
    if hasattr(vectorizer, "vocabulary_"):
        require_columns(vectorizer, vectorizer.vocabulary_, len(vectorizer.vocabulary_))
    least, most = getattr(vectorizer, "ngram_range", (1, 1))
    are_numbers = all(isinstance(each, int | np.integer) for each in (least, most))
    require(are_numbers and 0 < least <= _MAX_NGRAM, vectorizer, "counts n-grams without end")
    require(most <= _MAX_NGRAM, vectorizer, "counts n-grams without end")
    pattern = getattr(vectorizer, "token_pattern", None)
    is_harmless = pattern is None or is_harmless_pattern(pattern)
    require(is_harmless, vectorizer, "has a pattern that could take forever to match")
    encoding = getattr(vectorizer, "encoding", "utf-8")
    require(_is_usual_codec(encoding), vectorizer, "reads bytes by an unusual codec")


def _is_usual_codec(encoding: Any) -> bool:
    if not isinstance(encoding, str) or not _CODEC.fullmatch(encoding):
        return False
    codec = codecs.lookup(encoding)
    is_text: bool = codec._is_text_encoding
    return is_text and codec.name.replace("-", "_") not in _UNUSUAL_CODECS


def require_columns(part: Any, indices: Mapping[Any, Any], count: int) -> None:
    """Require that each word has a column of its own number.

    Raises:
        UnsafePickleError: when one has none.
    """
    are_integers = all(isinstance(each, int | np.integer) for each in indices.values())
    fits = are_integers and all(0 <= each < count for each in indices.values())
    require(fits, part, "puts a word into a column that it has not")


def validate_hasher(hasher: Any) -> None:
    """The number of columns is positive, because compiled code divides by it, and not endless."""
    width = hasher.n_features
    require(isinstance(width, int | np.integer) and width > 0, hasher, "has no columns")
    require(width <= _MAX_HASH_COLUMNS, hasher, "has more columns than a model needs")
