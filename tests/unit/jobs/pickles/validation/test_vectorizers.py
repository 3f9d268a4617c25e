"""Vectorizers whose columns, n-grams, patterns or sources are not those of honest models."""

import numpy as np
import pytest
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import vectorizers


@pytest.mark.parametrize("index", [2, -1, 0.5, "a"])
def test_a_word_without_a_column_is_refused(index):
    vectorizer = CountVectorizer().fit(["good bad"])
    vectorizers.validate_vectorizer(vectorizer)
    vectorizer.vocabulary_["good"] = index
    with pytest.raises(UnsafePickleError, match="puts a word into a column that it has not"):
        vectorizers.validate_vectorizer(vectorizer)


@pytest.mark.parametrize("source", ["file", "filename"])
def test_a_vectorizer_that_reads_files_is_refused(source):
    vectorizers.validate_vectorizer(CountVectorizer())
    with pytest.raises(UnsafePickleError, match="reads files that its input names"):
        vectorizers.validate_vectorizer(CountVectorizer(input=source))


@pytest.mark.parametrize("width", [0, -1, 1.5, None])
def test_a_hasher_without_columns_is_refused(width):
    vectorizers.validate_hasher(FeatureHasher(np.int64(8)))
    with pytest.raises(UnsafePickleError, match="has no columns"):
        vectorizers.validate_hasher(FeatureHasher(width))


def test_a_hasher_of_more_columns_than_a_model_needs_is_refused():
    vectorizers.validate_hasher(HashingVectorizer())
    with pytest.raises(UnsafePickleError, match="has more columns than a model needs"):
        vectorizers.validate_hasher(HashingVectorizer(n_features=2**31 - 1))


@pytest.mark.parametrize("vectorizer", [CountVectorizer(), HashingVectorizer(), DictVectorizer()])
def test_a_vectorizer_as_scikit_learn_makes_it_is_valid(vectorizer):
    vectorizers.validate_vectorizer(vectorizer)


@pytest.mark.parametrize("ngrams", [(-5, 1), (0, 1), (1, 10**9), (1.0, 2), ("a", "b")])
def test_n_grams_without_end_are_refused(ngrams):
    with pytest.raises(UnsafePickleError, match="counts n-grams without end"):
        vectorizers.validate_vectorizer(CountVectorizer(ngram_range=ngrams))


@pytest.mark.parametrize("pattern", ["(a+)+b", "(", 7])
def test_a_pattern_that_could_take_forever_is_refused(pattern):
    with pytest.raises(UnsafePickleError, match="has a pattern that could take forever to match"):
        vectorizers.validate_vectorizer(CountVectorizer(token_pattern=pattern))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "UTF_16", "cp1251", "gb18030"])
def test_codecs_of_texts_are_valid(encoding):
    vectorizers.validate_vectorizer(CountVectorizer(encoding=encoding))


@pytest.mark.parametrize("encoding", ["idna", "punycode", "unicode_escape", "zlib", "../x", 7])
def test_an_unusual_codec_is_refused(encoding):
    with pytest.raises(UnsafePickleError, match="reads bytes by an unusual codec"):
        vectorizers.validate_vectorizer(CountVectorizer(encoding=encoding))
