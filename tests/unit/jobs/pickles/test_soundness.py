"""Models of honest names only, whose arrays would lead compiled code astray."""

import copy
import pickle

import numpy as np
import pytest

from jobs.pickles.examination import loaded_model
from jobs.pickles.names import own_names
from jobs.pickles.refusals import Refused
from jobs.pickles.scan import scan
from jobs.pickles.verdict import Conditions
from tests.unit.jobs.pickles.honest import honest_models


def copy_of(name):
    return copy.deepcopy(honest_models()[name].estimator)


def changed_tree(tree, **changes):
    _, arguments, state = tree.__reduce__()
    nodes = state["nodes"].copy()
    for field, (place, value) in changes.items():
        nodes[field][place] = value
    other = type(tree)(*arguments)
    other.__setstate__(state | {"nodes": nodes})
    return other


def forest(model):
    model.estimators_[1].tree_ = changed_tree(model.estimators_[1].tree_, left_child=(0, 10**8))


def forest_of_other_features(model):
    model.n_features_in_ = 1


def forest_of_something_else(model):
    model.estimators_[0] = model.estimators_[0].tree_


def loop(model):
    model.estimators_[0].tree_ = changed_tree(model.estimators_[0].tree_, right_child=(0, 0))


def boosting(model):
    stage = model.estimators_[0, 0]
    stage.tree_ = changed_tree(stage.tree_, feature=(0, 10**6))


def boosting_of_more_columns(model):
    model.estimators_ = np.hstack([model.estimators_] * 3)


def boosting_of_other_columns(model):
    model.n_trees_per_iteration_ = 3
    model.estimators_ = np.hstack([model.estimators_] * 3)


def histogram_nodes(model):
    model._predictors[0][0].nodes["left"][0] = 10**6


def histogram_loop(model):
    model._predictors[0][0].nodes["right"][0] = 0


def histogram_features(model):
    model._predictors[0][0].nodes["feature_idx"][0] = 99


def histogram_categories(model):
    nodes = model._predictors[0][0].nodes
    nodes["is_categorical"][0], nodes["bitset_idx"][0] = 1, 10**6


def isolation_columns(model):
    model.estimators_features_[0] = np.array([0])


def support_vectors(model):
    model._n_support = np.array([10**6, 10**6], dtype=np.int32)


def coefficients(model):
    model._dual_coef_ = model._dual_coef_[:, :1]


def sparse_vectors(model):
    model.steps[-1][1].support_vectors_.indices[0] = 10**8


def sparse_rows(model):
    model.steps[-1][1].support_vectors_.indptr[1] = 10**8


def index_rows(model):
    model._tree.__getstate__()[1][0] = 10**9


def labels(model):
    model._y[0] = 10**9


def centers(model):
    model.cluster_centers_ = model.cluster_centers_[:, :1].copy()


def center_tree(model):
    model._bisecting_tree.left.center = np.zeros(1)


def knots(model):
    model[0].bsplines_[0]._delegate_to.k = 50


def texts(model):
    model[0].input = "filename"


def nothing_but_a_name(model):
    del model.__dict__["estimators_"]
    model.estimators_ = 7


CHANGES = [
    ("random forest", forest, "leads to a node that it has not"),
    ("random forest", forest_of_other_features, "has a tree of other features"),
    ("random forest", forest_of_something_else, "something else among its trees"),
    ("random forest", loop, "leads back to a node it came from"),
    ("random forest", nothing_but_a_name, "is not sound"),
    ("extra trees", forest, "leads to a node that it has not"),
    ("isolation forest", forest, "leads to a node that it has not"),
    ("isolation columns", isolation_columns, "has a tree of other features"),
    ("ada", forest, "leads to a node that it has not"),
    ("bagging", forest, "leads to a node that it has not"),
    ("random trees", lambda model: forest(model[0]), "leads to a node that it has not"),
    ("gradient boosting", boosting, "asks for a feature it has not"),
    ("gradient boosting", boosting_of_more_columns, "stages of other widths"),
    ("gradient boosting", boosting_of_other_columns, "begins with other columns"),
    ("hist boosting", histogram_nodes, "leads to a node that it has not"),
    ("hist boosting", histogram_loop, "leads back to a node it came from"),
    ("hist boosting", histogram_features, "asks for a feature it has not"),
    ("hist boosting", histogram_categories, "takes a number for a category"),
    ("svc", support_vectors, "do not fit together"),
    ("svr", coefficients, "do not fit together"),
    ("sparse svc", sparse_vectors, "has entries outside of it"),
    ("sparse svc", sparse_rows, "has rows that overlap"),
    ("k neighbors kd tree", index_rows, "leads to a row that it has not"),
    ("k neighbors ball tree", index_rows, "leads to a row that it has not"),
    ("k neighbors brute", labels, "points to a class that it has not"),
    ("k means", centers, "has centers of other features"),
    ("bisecting", center_tree, "has centers of other features"),
    ("splines", knots, "is not sound"),
    ("tf idf stop words", texts, "reads files that its input names"),
]


@pytest.mark.parametrize(("name", "change", "flaw"), CHANGES)
def test_a_model_that_compiled_code_could_not_walk_through_is_refused(name, change, flaw):
    model = copy_of(name)
    change(model)
    content = pickle.dumps(model)
    assert scan(content, own_names()).findings == ()
    with pytest.raises(Refused, match=flaw):
        loaded_model(content, Conditions())
