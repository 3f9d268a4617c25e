"""Encoders whose columns are outside of their output; test_objects.py has more in whole models."""

import numpy as np
import pytest
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import encoders

NUMBERS = [[1.0], [1.0], [2.0], [3.0], [np.nan]]


@pytest.mark.parametrize(
    "options", [{}, {"drop": "first"}, {"min_frequency": 2}, {"min_frequency": 2, "drop": "first"}]
)
def test_a_fitted_encoder_is_valid(options):
    encoders.validate_one_hot_encoder(OneHotEncoder(**options).fit(NUMBERS))
    encoders.validate_one_hot_encoder(OneHotEncoder(**options))


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"_n_features_outs": [3]}, "puts a category into a column that it has not"),
        ({"categories_": [np.arange(9.0)]}, "puts a category into a column that it has not"),
        ({"categories_": [np.array([2.0, 1.0])]}, "has categories that are not sorted"),
        ({"categories_": [np.array([1.0, 1.0])]}, "has categories that are not sorted"),
        ({"_drop_idx_after_grouping": [-1]}, "puts a category into a column that it has not"),
    ],
)
def test_a_category_without_a_column_is_refused(attributes, flaw):
    encoder = OneHotEncoder().fit(NUMBERS)
    vars(encoder).update(attributes)
    with pytest.raises(UnsafePickleError, match=f"holds a OneHotEncoder that {flaw}"):
        encoders.validate_one_hot_encoder(encoder)


def test_an_infrequent_category_without_a_column_is_refused():
    encoder = OneHotEncoder(min_frequency=2).fit(NUMBERS)
    encoder._default_to_infrequent_mappings = [np.array([0, 1, 2, 1])]
    with pytest.raises(UnsafePickleError, match="puts a category into a column"):
        encoders.validate_one_hot_encoder(encoder)


@pytest.mark.parametrize("index", [2, -1, 0.5, "a"])
def test_a_word_without_a_column_is_refused(index):
    vectorizer = CountVectorizer().fit(["good bad"])
    encoders.validate_vectorizer(vectorizer)
    vectorizer.vocabulary_["good"] = index
    with pytest.raises(UnsafePickleError, match="puts a word into a column that it has not"):
        encoders.validate_vectorizer(vectorizer)


@pytest.mark.parametrize("source", ["file", "filename"])
def test_a_vectorizer_that_reads_files_is_refused(source):
    encoders.validate_vectorizer(CountVectorizer())
    with pytest.raises(UnsafePickleError, match="reads files that its input names"):
        encoders.validate_vectorizer(CountVectorizer(input=source))


def test_a_label_without_a_column_is_refused():
    binarizer = MultiLabelBinarizer().fit([["a", "b"]])
    encoders.validate_label_binarizer(binarizer)
    binarizer._cached_dict = {"a": 0, "b": 1}
    encoders.validate_label_binarizer(binarizer)
    binarizer._cached_dict = {"a": 0, "b": 2}
    with pytest.raises(UnsafePickleError, match="puts a word into a column that it has not"):
        encoders.validate_label_binarizer(binarizer)


@pytest.mark.parametrize("width", [0, -1, 1.5, None])
def test_a_hasher_without_columns_is_refused(width):
    encoders.validate_hasher(FeatureHasher(np.int64(8)))
    with pytest.raises(UnsafePickleError, match="has no columns"):
        encoders.validate_hasher(FeatureHasher(width))
