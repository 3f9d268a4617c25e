"""Histogram gradient boosting that leads astray; test_objects.py has it in whole models."""

import copy

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.preprocessing import FunctionTransformer

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.histograms import validate_histogram_boosting
from tests.unit.jobs.pickles.honest import honest_models

ROWS = np.arange(12.0).reshape(6, 2)
TARGET = np.arange(6.0)
HISTOGRAM = HistGradientBoostingRegressor(max_iter=1, min_samples_leaf=1).fit(ROWS, TARGET)


def test_fitted_and_unfitted_estimators_are_valid():
    classes = HistGradientBoostingClassifier(max_iter=1).fit(ROWS, [0, 1, 2] * 2)
    for boosting in (HISTOGRAM, HistGradientBoostingRegressor(), classes, categorical()):
        validate_histogram_boosting(boosting)


def categorical():
    return copy.deepcopy(honest_models()["categorical hist"].estimator)


def with_nodes(**values):
    boosting = copy.deepcopy(HISTOGRAM)
    for field, value in values.items():
        boosting._predictors[0][0].nodes[field][0] = value
    return boosting


@pytest.mark.parametrize(
    ("values", "flaw"),
    [
        ({"left": 0}, "leads back to a node it came from"),
        ({"right": 10**6}, "leads to a node that it has not"),
        ({"feature_idx": 2}, "asks for a feature it has not"),
        ({"is_categorical": 1}, "takes a number for a category"),
    ],
)
def test_a_histogram_node_that_leads_astray_is_refused(values, flaw):
    with pytest.raises(UnsafePickleError, match=flaw):
        validate_histogram_boosting(with_nodes(**values))


def test_a_category_without_its_bitset_is_refused():
    boosting = with_nodes(is_categorical=1, bitset_idx=0, feature_idx=0)
    boosting._bin_mapper.is_categorical_ = np.array([1, 0], dtype=np.uint8)
    with pytest.raises(UnsafePickleError, match="asks for categories that it has not"):
        validate_histogram_boosting(boosting)
    boosting._bin_mapper.is_categorical_ = np.array([1], dtype=np.uint8)
    with pytest.raises(UnsafePickleError, match="has other features"):
        validate_histogram_boosting(boosting)


def test_histogram_trees_have_nodes_of_scikit_learn_s_type():
    boosting = copy.deepcopy(HISTOGRAM)
    predictor = boosting._predictors[0][0]
    predictor.nodes = predictor.nodes[:0]
    with pytest.raises(UnsafePickleError, match="has no node"):
        validate_histogram_boosting(boosting)
    predictor.nodes = np.zeros(3)
    with pytest.raises(UnsafePickleError, match="has other nodes"):
        validate_histogram_boosting(boosting)
    boosting._predictors = [[HISTOGRAM]]
    with pytest.raises(UnsafePickleError, match="has something else among its trees"):
        validate_histogram_boosting(boosting)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"_in_fit": True}, "was written while it was fitted"),
        ({"n_trees_per_iteration_": 10**9}, "begins with other columns"),
        ({"_baseline_prediction": np.zeros((1, 9))}, "begins with other columns"),
        ({"_loss": None}, "has no loss"),
        ({"_bin_mapper": None}, "has something else for its bins"),
        ({"_predictors": [[]]}, "has stages of other widths"),
    ],
)
def test_other_columns_than_the_trees_are_refused(attributes, flaw):
    boosting = copy.deepcopy(HISTOGRAM)
    vars(boosting).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        validate_histogram_boosting(boosting)


def test_a_loss_of_other_classes_is_refused():
    boosting = HistGradientBoostingClassifier(max_iter=1).fit(ROWS, [0, 1, 2] * 2)
    boosting._loss = HistGradientBoostingClassifier(max_iter=1).fit(ROWS, [0, 1] * 3)._loss
    with pytest.raises(UnsafePickleError, match="has a loss of other classes"):
        validate_histogram_boosting(boosting)
    boosting.classes_ = boosting.classes_[:2]
    with pytest.raises(UnsafePickleError, match="has columns of other classes"):
        validate_histogram_boosting(boosting)


@pytest.mark.parametrize(
    ("thresholds", "flaw"),
    [
        (np.array([0.0, 256.0]), "has categories beyond a byte"),
        (np.array([-1.0, 0.0]), "has categories beyond a byte"),
        (np.array([0.0, np.nan]), "has categories beyond a byte"),
        (np.zeros(257), "has categories beyond a byte"),
        (range(3), "has categories that are no numbers"),
    ],
)
def test_categories_that_are_no_bytes_are_refused(thresholds, flaw):
    boosting = categorical()
    boosting._bin_mapper.bin_thresholds_[0] = thresholds
    with pytest.raises(UnsafePickleError, match=flaw):
        validate_histogram_boosting(boosting)


def indices(preprocessor):
    preprocessor._transformer_to_input_indices["numerical"] = [0]


def columns(preprocessor):
    name, transformer, _ = preprocessor.transformers_[0]
    preprocessor.transformers_[0] = (name, transformer, slice(0, 0))


def mask(preprocessor):
    name, transformer, selected = preprocessor.transformers_[0]
    preprocessor.transformers_[0] = (name, transformer, np.zeros_like(selected))
    preprocessor._transformer_to_input_indices["encoder"] = []


def dropped(preprocessor):
    preprocessor.transformers_.pop(1)


def function(preprocessor):
    name, _, selected = preprocessor.transformers_[1]
    preprocessor.transformers_[1] = (name, FunctionTransformer(np.log1p), selected)


def features(preprocessor):
    preprocessor.n_features_in_ = 9


@pytest.mark.parametrize("change", [indices, columns, mask, dropped, function, features])
def test_a_preparation_that_does_not_keep_each_column_is_refused(change):
    boosting = categorical()
    change(boosting._preprocessor)
    flaw = "drops features|prepares its input in another way|has other features"
    with pytest.raises(UnsafePickleError, match=flaw):
        validate_histogram_boosting(boosting)
