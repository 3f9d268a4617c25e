"""Models with allowed names only, whose arrays would make compiled code crash or hang."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.cluster._kmeans import _kmeans_single_lloyd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MultiLabelBinarizer

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.safe_load import load_strictly
from jobs.pickles.scan import scan
from jobs.pickles.validation.objects import validate
from tests.unit.jobs.pickles.honest import honest_models


def copy_of(name):
    return copy.deepcopy(honest_models()[name].estimator)


def changed_tree(tree, **changes):
    _, arguments, state = tree.__reduce__()
    nodes = state["nodes"].copy()
    for field, (index, value) in changes.items():
        nodes[field][index] = value
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


def mini_batch_centers(model):
    model.cluster_centers_ = model.cluster_centers_[:, :1].copy()


def threads(model):
    model._n_threads = 10**6


def norms(model):
    model._subcluster_norms = model._subcluster_norms[:1].copy()


def option_norms(model):
    model.metric_params = {"Y_norm_squared": np.zeros(1)}


def labels_of_columns(model):
    model._y[0], model.classes_ = 10**9, [model.classes_]


def groups(model):
    encoder = model[0].transformers_[1][1]
    encoder._infrequent_enabled = True
    encoder._infrequent_indices = [np.array([1]), None]
    encoder._default_to_infrequent_mappings = [np.array([10**8] * 2), None]


def dropped(model):
    encoder = model[0].transformers_[1][1]
    encoder._drop_idx_after_grouping = np.array([-7, None], dtype=object)


def unsorted(model):
    encoder = model[0].transformers_[1][1]
    encoder.categories_[0] = np.array([5.0, 1.0])


def words(model):
    model[0].vocabulary_["good"] = 10**8


def hashed(model):
    model[0].n_features = 0


def label_sets(model):
    model.extra = MultiLabelBinarizer().fit([["a", "b"]])
    model.extra._cached_dict = {"a": 10**8, "b": 0}


def truths(model):
    model[0].mask_ = np.array([2, 0, 1], dtype=np.uint8).view(bool)


def written_to(model):
    model[0].kw_args = {"out": model[1].coef_}


def ufunc_as_kernel(model):
    model.kernel = np.negative


def function_of_its_own(model):
    model[0].func = _kmeans_single_lloyd


def class_as_function(model):
    model[0].func = LogisticRegression


CHANGES = [
    ("mini batches", mini_batch_centers, "has centers of other features"),
    ("k means", threads, "has a larger _n_threads than a model needs"),
    ("birch", norms, "lacks lengths"),
    ("k neighbors brute", option_norms, "that no distance or kernel of honest models has"),
    ("k neighbors brute", labels_of_columns, "has labels of another kind"),
    ("pipeline", groups, "puts a category into a column that it has not"),
    ("pipeline", dropped, "puts a category into a column that it has not"),
    ("pipeline", unsorted, "has categories that are not sorted"),
    ("tf idf stop words", words, "puts a word into a column that it has not"),
    ("hashing", hashed, "whose n_features scikit-learn does not accept"),
    ("logistic", label_sets, "puts a word into a column that it has not"),
    ("ufunc", truths, "has truth values beyond 1"),
    ("ufunc", written_to, "whose kw_args give its function the argument out"),
    ("svc", ufunc_as_kernel, "holds numpy.negative as the kernel of a SVC"),
    (
        "ufunc",
        function_of_its_own,
        "holds sklearn.cluster._kmeans._kmeans_single_lloyd as the func",
    ),
    ("ufunc", class_as_function, "LogisticRegression as the func of a FunctionTransformer"),
    ("random forest", forest, "leads to a node that it has not"),
    ("random forest", forest_of_other_features, "has a tree of other features"),
    ("random forest", forest_of_something_else, "holds a Tree as the estimators_ of a Random"),
    ("random forest", loop, "leads back to a node it came from"),
    ("random forest", nothing_but_a_name, "with a int among its estimators_"),
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
    ("k neighbors kd tree", index_rows, "or to one that it has not"),
    ("k neighbors ball tree", index_rows, "or to one that it has not"),
    ("k neighbors brute", labels, "points to a class that it has not"),
    ("k means", centers, "has centers of other features"),
    ("bisecting", center_tree, "has centers of other features"),
    ("splines", knots, "is not valid"),
    ("tf idf stop words", texts, "reads files that its input names"),
]


@pytest.mark.parametrize(("name", "change", "flaw"), CHANGES)
def test_a_model_that_would_mislead_compiled_code_is_refused(name, change, flaw):
    model = copy_of(name)
    change(model)
    content = pickle.dumps(model)
    assert scan(content, default_names()).findings == ()
    with pytest.raises(UnsafePickleError, match=flaw):
        load_strictly(content)


def test_the_first_flaw_is_the_cause_and_not_what_follows_from_it():
    model = copy_of("random forest")
    tree = changed_tree(model.estimators_[0].tree_, left_child=(0, 10**8))
    model.estimators_[0].tree_ = tree
    model.n_features_in_ = 7
    with pytest.raises(UnsafePickleError, match="holds a Tree that leads to a node"):
        validate(model, default_names())


def test_a_check_that_meets_another_type_than_it_expects_is_a_flaw():
    model = copy_of("random forest")
    del model.n_outputs_
    with pytest.raises(UnsafePickleError, match="RandomForestClassifier that is not valid: Attrib"):
        validate(model, default_names())


def test_containers_of_plain_values_are_valid_by_themselves():
    validate({"scores": [1.0, (2, {"a"})], "rows": np.zeros(3)}, default_names())
