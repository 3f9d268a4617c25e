"""Trees whose nodes lead astray; test_objects.py has whole models that hold them."""

import copy

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, IsolationForest, RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import trees
from tests.unit.jobs.pickles.validation.test_objects import changed_tree

ROWS = np.arange(12.0).reshape(6, 2)
TARGET = np.arange(6.0)
TREE = DecisionTreeRegressor(max_depth=2, random_state=0).fit(ROWS, TARGET)
HISTOGRAM = HistGradientBoostingRegressor(max_iter=1, min_samples_leaf=1).fit(ROWS, TARGET)


def test_fitted_and_unfitted_estimators_are_valid():
    trees.validate_tree(TREE.tree_)
    for estimator in (TREE, DecisionTreeRegressor()):
        trees.validate_decision_tree(estimator)
    for forest in (RandomForestRegressor(2).fit(ROWS, TARGET), RandomForestRegressor()):
        trees.validate_forest(forest)
    for boosting in (HISTOGRAM, HistGradientBoostingRegressor()):
        trees.validate_histogram_boosting(boosting)


@pytest.mark.parametrize(
    ("field", "index", "value", "flaw"),
    [
        ("left_child", 0, 0, "leads back to a node it came from"),
        ("right_child", 1, 1, "leads back to a node it came from"),
        ("left_child", 0, 10**6, "leads to a node that it has not"),
        ("left_child", 0, -2, "leads back to a node it came from"),
        ("left_child", 0, -1, "has a node with one child"),
        ("right_child", 0, -1, "has a node with one child"),
        ("feature", 0, 2, "asks for a feature it has not"),
        ("feature", 0, -1, "asks for a feature it has not"),
    ],
)
def test_a_node_that_leads_astray_is_refused(field, index, value, flaw):
    with pytest.raises(UnsafePickleError, match=f"holds a Tree that {flaw}"):
        trees.validate_tree(changed_tree(TREE.tree_, **{field: (index, value)}))


def test_a_tree_of_other_features_than_its_estimator_is_refused():
    estimator = copy.copy(TREE)
    estimator.n_features_in_ = 3
    with pytest.raises(UnsafePickleError, match="DecisionTreeRegressor that has a tree of other"):
        trees.validate_decision_tree(estimator)


def test_an_isolation_forest_without_the_columns_of_a_tree_is_refused():
    forest = IsolationForest(n_estimators=2, max_features=1, random_state=0).fit(ROWS)
    trees.validate_isolation_forest(forest)
    forest.estimators_features_ = forest.estimators_features_[:1]
    with pytest.raises(UnsafePickleError, match="lacks columns of a tree"):
        trees.validate_isolation_forest(forest)


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
        trees.validate_histogram_boosting(with_nodes(**values))


def test_a_category_without_its_bitset_is_refused():
    boosting = with_nodes(is_categorical=1, bitset_idx=0, feature_idx=0)
    boosting._bin_mapper.is_categorical_ = np.array([1, 0], dtype=np.uint8)
    with pytest.raises(UnsafePickleError, match="asks for categories that it has not"):
        trees.validate_histogram_boosting(boosting)
    boosting._bin_mapper.is_categorical_ = np.array([1], dtype=np.uint8)
    with pytest.raises(UnsafePickleError, match="has other features"):
        trees.validate_histogram_boosting(boosting)


def test_histogram_trees_have_nodes_of_scikit_learn_s_type():
    boosting = copy.deepcopy(HISTOGRAM)
    predictor = boosting._predictors[0][0]
    predictor.nodes = predictor.nodes[:0]
    with pytest.raises(UnsafePickleError, match="has no node"):
        trees.validate_histogram_boosting(boosting)
    predictor.nodes = np.zeros(3)
    with pytest.raises(UnsafePickleError, match="has other nodes"):
        trees.validate_histogram_boosting(boosting)
    boosting._predictors = [[TREE]]
    with pytest.raises(UnsafePickleError, match="has something else among its trees"):
        trees.validate_histogram_boosting(boosting)
