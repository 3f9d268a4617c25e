"""Trees of other features, outputs, classes or depths than their estimators say."""

import numpy as np
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.gaussian_process.kernels import RBF
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.unit.jobs.pickles import assembly
from tests.unit.jobs.pickles.altered.models import (
    ROWS,
    TARGET,
    altered,
    changed_tree,
    fitted,
    honest,
    without,
)


def attacks(folder):
    """Each attack by its name."""
    yield from _nodes()
    yield from _features()
    yield (
        "a tree with arguments that do not fit",
        assembly.file(
            assembly.called(
                assembly.named("sklearn.tree._tree", "Tree"),
                assembly.number(1),
                assembly.octets(b"1"),
                assembly.number(2**40),
            )
        ),
    )
    yield (
        "a tree of negative outputs",
        assembly.file(
            assembly.called(
                assembly.named("sklearn.tree._tree", "Tree"),
                assembly.number(1),
                assembly.wrapped_array(assembly.dtype("i8"), [1], (1).to_bytes(8, "little")),
                assembly.number(-1),
            )
        ),
    )
    machine = honest("sparse svc")
    altered(machine[-1], _effective_probability=True)
    yield "a machine without numbers for probabilities", machine
    machine = honest("sparse svc")
    width = machine[-1].n_features_in_
    altered(
        machine[-1],
        kernel="precomputed",
        shape_fit_=(width, width),
        support_=np.zeros_like(machine[-1].support_),
    )
    yield "a machine of sparse rows of a kernel", machine
    process = altered(fitted(SVC), kernel=RBF(), _BaseLibSVM__Xfit=ROWS[:1])
    yield "a machine of a shorter kernel", altered(process, support_vectors_=np.zeros((0, 0)))
    machine = fitted(SVC, "three")
    coefficients = machine._dual_coef_
    yield (
        "a machine of one long row of coefficients",
        altered(machine, _dual_coef_=coefficients.reshape(1, -1)),
    )


def _regressor():
    return fitted(DecisionTreeRegressor, "numbers", max_depth=5, random_state=0)


def _nodes():
    model = _regressor()
    model.tree_ = changed_tree(model.tree_, state={"max_depth": 10**12})
    yield "a tree of an endless depth", model
    model = _regressor()
    inner = np.flatnonzero(model.tree_.children_left != -1)
    shared = int(model.tree_.children_left[inner[0]])
    model.tree_ = changed_tree(model.tree_, right_child=(int(inner[0]), shared))
    yield "a tree whose branches meet", model
    model = _regressor()
    model.tree_ = changed_tree(model.tree_, state={"node_count": 1})
    yield "a tree that is cut off", model
    wide = DecisionTreeClassifier(random_state=0).fit(ROWS, np.arange(len(ROWS)) % 7)
    yield (
        "a tree of other classes",
        altered(fitted(DecisionTreeClassifier, "three"), tree_=wide.tree_),
    )
    several = DecisionTreeRegressor().fit(ROWS, np.column_stack([TARGET, TARGET]))
    yield "a tree of several outputs in one", altered(_regressor(), tree_=several.tree_)
    forest = fitted(RandomForestClassifier, "three", n_estimators=2)
    yield (
        "a forest of other classes",
        altered(
            forest, estimators_=[altered(each, tree_=wide.tree_) for each in forest.estimators_]
        ),
    )


def _features():
    forest = fitted(ExtraTreesRegressor, "numbers", n_estimators=2)
    yield (
        "a forest without a number of features",
        without(altered(forest, estimators_=[_of_many_features()]), "n_features_in_"),
    )
    isolation = fitted(IsolationForest, "none", n_estimators=2, max_features=2)
    mask = np.array([True, False, False])
    tree = IsolationForest(n_estimators=1).fit(ROWS).estimators_[0]
    yield (
        "an isolation forest of a mask",
        altered(isolation, estimators_=[tree] * 2, estimators_features_=[mask] * 2),
    )
    yield (
        "an isolation forest of columns outside",
        altered(
            fitted(IsolationForest, "none", n_estimators=1, max_features=2),
            estimators_features_=[np.array([0, 10**9])],
        ),
    )
    boosting = fitted(GradientBoostingRegressor, "numbers", n_estimators=2)
    yield "boosting without a number of features", without(boosting, "n_features_in_")
    regression = fitted(GradientBoostingRegressor, "numbers", n_estimators=2)
    yield (
        "boosting of a classifier's trees",
        altered(
            regression,
            estimators_=np.array(
                [[honest("decision tree")], [honest("decision tree")]], dtype=object
            ),
        ),
    )


def _of_many_features():
    many = np.random.default_rng(0).random((60, 50_000)).astype(np.float32)
    return DecisionTreeRegressor(max_features=10, random_state=0).fit(many, TARGET)
