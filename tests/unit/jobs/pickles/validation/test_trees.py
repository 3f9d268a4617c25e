"""Trees whose nodes lead astray; test_objects.py has whole models that hold them."""

import copy

import numpy as np
import pytest
from sklearn.ensemble import (
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import trees
from tests.unit.jobs.pickles.validation.test_objects import changed_tree

ROWS = np.arange(12.0).reshape(6, 2)
TARGET = np.arange(6.0)
TREE = DecisionTreeRegressor(max_depth=2, random_state=0).fit(ROWS, TARGET)
CLASSES = [0, 1, 2, 0, 1, 2]


def test_fitted_and_unfitted_estimators_are_valid():
    trees.validate_tree(TREE.tree_)
    for estimator in (TREE, DecisionTreeRegressor()):
        trees.validate_decision_tree(estimator)
    for forest in (RandomForestRegressor(2).fit(ROWS, TARGET), RandomForestRegressor()):
        trees.validate_forest(forest)
    for forest in (RandomForestClassifier(2).fit(ROWS, np.column_stack([CLASSES, CLASSES])),):
        trees.validate_forest(forest)
    for boosting in (GradientBoostingRegressor(n_estimators=2).fit(ROWS, TARGET),):
        trees.validate_gradient_boosting(boosting)


@pytest.mark.parametrize(
    ("field", "index", "value", "flaw"),
    [
        ("left_child", 0, 0, "leads back to a node it came from"),
        ("right_child", 1, 1, "leads back to a node it came from"),
        ("left_child", 0, 10**6, "leads to a node that it has not"),
        ("left_child", 0, -2, "leads back to a node it came from"),
        ("left_child", 0, -1, "has a node with one child"),
        ("right_child", 0, -1, "has a node with one child"),
        ("left_child", 0, 4, "leads to a node in two ways, or in none"),
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


@pytest.mark.parametrize("depth", [0, 1, 10**12])
def test_a_tree_of_another_depth_than_it_says_is_refused(depth):
    assert TREE.tree_.max_depth == 2
    arguments = TREE.tree_.__reduce__()[1]
    tree = type(TREE.tree_)(*arguments)
    tree.__setstate__(TREE.tree_.__getstate__() | {"max_depth": depth})
    with pytest.raises(UnsafePickleError, match="has another depth than it says"):
        trees.validate_tree(tree)


def test_a_pruned_tree_and_one_grown_by_its_best_leaf_are_valid():
    for options in ({"ccp_alpha": 0.1}, {"max_leaf_nodes": 3}, {"max_depth": 1}):
        tree = DecisionTreeRegressor(**options, random_state=0).fit(ROWS, TARGET)
        trees.validate_decision_tree(tree)
        trees.validate_tree(tree.tree_)


def test_a_tree_of_other_outputs_or_classes_is_refused():
    classifier = DecisionTreeClassifier().fit(ROWS, CLASSES)
    trees.validate_decision_tree(classifier)
    classifier.classes_ = classifier.classes_[:2]
    with pytest.raises(UnsafePickleError, match="has a tree of other classes"):
        trees.validate_decision_tree(classifier)
    regressor = copy.copy(TREE)
    regressor.n_outputs_ = 2
    with pytest.raises(UnsafePickleError, match="has a tree of other outputs"):
        trees.validate_decision_tree(regressor)


def test_a_forest_of_other_classes_than_its_trees_is_refused():
    forest = RandomForestClassifier(2).fit(ROWS, CLASSES)
    trees.validate_forest(forest)
    forest.n_classes_ = 10**9
    with pytest.raises(UnsafePickleError, match="has a tree of other classes"):
        trees.validate_forest(forest)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"estimators_features_": [np.array([True, False])] * 2}, "that are no integers"),
        ({"estimators_features_": [np.array([0, 10**9])] * 2}, "has entries outside of it"),
        ({"_max_features": 10**9}, "samples features that it has not"),
        ({"_max_samples": 2.0**60}, "samples rows without end"),
    ],
)
def test_an_isolation_forest_of_other_samples_is_refused(attributes, flaw):
    forest = IsolationForest(n_estimators=2, max_features=1, random_state=0).fit(ROWS)
    vars(forest).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        trees.validate_isolation_forest(forest)


def test_boosting_that_begins_with_other_columns_or_features_is_refused():
    boosting = GradientBoostingRegressor(n_estimators=2, init=TREE).fit(ROWS, TARGET)
    trees.validate_gradient_boosting(boosting)
    boosting.init_ = DecisionTreeRegressor().fit(ROWS, np.column_stack([TARGET, TARGET]))
    with pytest.raises(UnsafePickleError, match="begins with other columns"):
        trees.validate_gradient_boosting(boosting)
