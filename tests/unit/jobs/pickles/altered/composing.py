"""Something else where an estimator must be, and objects that hold themselves, or others often."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Sum
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KDTree
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from tests.unit.jobs.pickles.altered.models import (
    LABELS,
    ROWS,
    TARGET,
    altered,
    before_a_classifier,
    fitted,
    honest,
)

# Trees of other features than the rows have: compiled code reads beyond each row.
_WIDE = np.random.default_rng(0).random((60, 100_000)).astype(np.float32)
_DOUBLINGS = 60


def attacks(folder):
    """Each attack by its name."""
    yield from _trees_as_estimators()
    yield from _others_as_estimators()
    yield from _often()


def _wide_tree():
    tree = DecisionTreeRegressor(max_depth=3, max_features=100, random_state=0)
    return tree.fit(_WIDE, TARGET).tree_


def _trees_as_estimators():
    tree = _wide_tree()
    yield "a bare tree", tree
    boosting = fitted(HistGradientBoostingRegressor, "numbers", max_iter=1)
    yield "a bare predictor", boosting._predictors[0][0]
    stack = StackingRegressor([("one", Ridge())], Ridge(), cv=2).fit(ROWS, TARGET)
    yield "a tree as the last estimator of a stack", altered(stack, final_estimator_=tree)
    pipeline = Pipeline([("one", StandardScaler()), ("two", Ridge())]).fit(ROWS, TARGET)
    yield "a tree as a step", altered(pipeline, steps=[pipeline.steps[0], ("tree", tree)])
    voting = VotingRegressor([("one", Ridge())]).fit(ROWS, TARGET)
    yield "a tree that votes", altered(voting, estimators_=[tree])
    several = MultiOutputRegressor(Ridge()).fit(ROWS, np.column_stack([TARGET, TARGET]))
    yield "a tree of several outputs", altered(several, estimators_=[tree, tree])
    yield "a frozen tree", altered(FrozenEstimator(Ridge()), estimator=tree)
    search = honest("grid regressor")
    yield "a tree as the best estimator", altered(search, best_estimator_=tree)
    yield "a tree of a target", altered(honest("target logarithm"), regressor_=tree)
    yield "a tree of a consensus", altered(honest("ransac"), estimator_=tree)
    calibrated = fitted(CalibratedClassifierCV, cv=2)
    for each in calibrated.calibrated_classifiers_:
        each.estimator = tree
    yield "a calibrated tree", calibrated
    yield "a tree in a bag", altered(fitted(BaggingClassifier, n_estimators=1), estimators_=[tree])


def _others_as_estimators():
    scaler = fitted(StandardScaler)
    yield "an array as a step", before_a_classifier(np.zeros(3))
    yield "a dictionary as a step", before_a_classifier({"transform": 1})
    yield "a function as a step", before_a_classifier(np.log1p)
    yield "a class as a step", before_a_classifier(StandardScaler)
    yield "an index as a step", before_a_classifier(KDTree(ROWS))
    yield "a kernel as a step", before_a_classifier(RBF())
    yield "a spline as a step", before_a_classifier(honest("splines")[0].bsplines_[0])
    yield (
        "a loss as an estimator",
        altered(honest("voting"), estimators_=[honest("hist boosting")._loss]),
    )
    union = FeatureUnion([("one", scaler)])
    yield (
        "an array in a union",
        before_a_classifier(altered(union, transformer_list=[("one", np.zeros(3))])),
    )
    columns = honest("pipeline")
    name, _, selected = columns[0].transformers_[0]
    columns[0].transformers_[0] = (name, np.zeros(3), selected)
    yield "an array among columns", columns
    stack = honest("stacking")
    yield "a named array", altered(stack, estimators_=[stack.estimators_[0], {"predict": 1}])
    yield (
        "an array that is calibrated",
        altered(fitted(CalibratedClassifierCV, cv=2), calibrated_classifiers_=[np.zeros(3)]),
    )
    yield "numbers as estimators", altered(honest("voting"), estimators_=range(10**12))
    boosting = honest("gradient boosting")
    yield "a first estimator that is an array", altered(boosting, init_=np.zeros(3))


def _often():
    union = fitted(StandardScaler)
    for _ in range(_DOUBLINGS):
        union = FeatureUnion([("left", union), ("right", union)])
    yield "a union of itself twice, often", before_a_classifier(union)
    voting = VotingRegressor([("one", Ridge())]).fit(ROWS, TARGET)
    for _ in range(_DOUBLINGS):
        outer = VotingRegressor([("one", Ridge())]).fit(ROWS, TARGET)
        voting = altered(outer, estimators_=[voting, voting])
    yield "votes of votes, often", voting
    process = fitted(GaussianProcessRegressor, "numbers", optimizer=None)
    kernel = RBF()
    for _ in range(_DOUBLINGS):
        kernel = Sum(kernel, kernel)
    yield "a sum of itself twice, often", altered(process, kernel_=kernel)
    pipeline = before_a_classifier(fitted(StandardScaler))
    pipeline.steps[0] = ("itself", pipeline)
    yield "a pipeline in itself", pipeline
    encoder = honest("pipeline")[0].transformers_[1][1]
    value = (1,)
    for _ in range(_DOUBLINGS):
        value = (value, value)
    categories = np.empty(2, dtype=object)
    categories[:] = ["female", "male"]
    categories[1] = value
    pipeline = honest("pipeline")
    encoder = pipeline[0].transformers_[1][1]
    encoder.categories_[0] = categories
    yield "a category that takes forever to hash", pipeline
    labels = LogisticRegression().fit(ROWS, LABELS)
    yield "classes that are a range", altered(labels, classes_=range(10**15))
