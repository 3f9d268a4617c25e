"""Encoders whose columns are outside of their output; test_objects.py has more in whole models."""

import numpy as np
import pytest
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, TargetEncoder

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import encoders

NUMBERS = [[1.0], [1.0], [2.0], [3.0], [np.nan]]


@pytest.mark.parametrize(
    "options", [{}, {"drop": "first"}, {"min_frequency": 2}, {"min_frequency": 2, "drop": "first"}]
)
def test_a_fitted_encoder_is_valid(options):
    validate(OneHotEncoder(**options).fit(NUMBERS))
    validate(OneHotEncoder(**options))


def validate(encoder):
    encoders.validate_categories(encoder)
    kind = "one_hot" if isinstance(encoder, OneHotEncoder) else "ordinal"
    getattr(encoders, f"validate_{kind}_encoder")(encoder)


COLUMN = "puts a category into a column that it has not"
GROUPS = "groups categories that it has not"


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"_n_features_outs": [3]}, COLUMN),
        ({"_n_features_outs": [10**9]}, COLUMN),
        ({"categories_": [np.arange(9.0)]}, COLUMN),
        ({"categories_": [np.array([2.0, 1.0])]}, "has categories that are not sorted"),
        ({"categories_": [np.array([1.0, 1.0])]}, "has categories that are not sorted"),
        ({"categories_": [np.ones((2, 2))]}, "has categories that are no array"),
        ({"categories_": [[1.0, 2.0]]}, "has categories that are no array"),
        ({"categories_": [np.array([(1, 2), "a"], dtype=object)]}, "neither numbers nor texts"),
        ({"categories_": np.ones((1, 4))}, "has categories of other features"),
        ({"categories_": []}, "has categories of other features"),
        ({"_drop_idx_after_grouping": [-1]}, COLUMN),
        ({"_drop_idx_after_grouping": [4]}, COLUMN),
        ({"_infrequent_enabled": 1}, GROUPS),
    ],
)
def test_a_category_without_a_column_is_refused(attributes, flaw):
    encoder = OneHotEncoder().fit(NUMBERS)
    vars(encoder).update(attributes)
    with pytest.raises(UnsafePickleError, match=f"holds a OneHotEncoder that .*{flaw}"):
        validate(encoder)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"_default_to_infrequent_mappings": [np.array([0, 1, 2, 1])]}, COLUMN),
        ({"_default_to_infrequent_mappings": [np.arange(9)]}, COLUMN),
        ({"_default_to_infrequent_mappings": [None]}, COLUMN),
        ({"_infrequent_indices": [np.array([9])]}, GROUPS),
        ({"_infrequent_indices": [np.array([-1])]}, GROUPS),
        ({"_infrequent_indices": [np.array([2, 1])]}, GROUPS),
        ({"_infrequent_indices": [np.array([1.0])]}, GROUPS),
        ({"_infrequent_indices": []}, GROUPS),
        ({"_infrequent_indices": [None]}, GROUPS),
    ],
)
def test_an_infrequent_category_without_a_column_is_refused(attributes, flaw):
    encoder = OneHotEncoder(min_frequency=2).fit(NUMBERS)
    vars(encoder).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        validate(encoder)


@pytest.mark.parametrize("options", [{}, {"min_frequency": 2}, {"max_categories": 2}])
def test_a_missing_value_of_an_ordinal_encoder_is_its_last_category(options):
    validate(OrdinalEncoder(**options).fit(NUMBERS))
    for missing in ({1: 3}, {0: 1}, {"a": 3}, {-1: 3}):
        encoder = OrdinalEncoder(**options).fit(NUMBERS)
        encoder._missing_indices = missing
        with pytest.raises(
            UnsafePickleError, match=r"has a missing value|groups categories|puts a"
        ):
            validate(encoder)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"encodings_": []}, "has encodings of other features"),
        ({"encodings_": [np.ones(2)] * 9}, "has encodings of other features"),
        ({"encodings_": [np.ones(1)] * 3}, "has encodings of other categories"),
        ({"encodings_": [np.ones(2, dtype=object)] * 3}, "has encodings of other categories"),
        ({"target_type_": "continuous"}, "has other means"),
        ({"target_type_": ["multiclass"]}, "has another type of target"),
        ({"classes_": np.arange(9)}, "has other means"),
    ],
)
def test_an_encoding_that_is_missing_is_refused(attributes, flaw):
    rows, classes = [["a"], ["b"]] * 9, np.arange(18) % 3
    encoder = TargetEncoder(cv=2).fit(rows, classes)
    encoders.validate_target_encoder(encoder)
    encoders.validate_target_encoder(TargetEncoder())
    vars(encoder).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        encoders.validate_target_encoder(encoder)


def test_a_label_without_a_column_is_refused():
    binarizer = MultiLabelBinarizer().fit([["a", "b"]])
    encoders.validate_label_binarizer(binarizer)
    binarizer._cached_dict = {"a": 0, "b": 1}
    encoders.validate_label_binarizer(binarizer)
    binarizer._cached_dict = {"a": 0, "b": 2}
    with pytest.raises(UnsafePickleError, match="puts a word into a column that it has not"):
        encoders.validate_label_binarizer(binarizer)
