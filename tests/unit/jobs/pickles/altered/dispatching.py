"""Attributes by which scikit-learn chooses a method, an attribute or a function by its name."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.ensemble import StackingClassifier, StackingRegressor
from sklearn.feature_selection import RFE, GenericUnivariateSelect, SelectFromModel
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.unit.jobs.pickles.altered.models import (
    LABELS,
    ROWS,
    altered,
    before_a_classifier,
    changed_tree,
    fitted,
    honest,
)


def attacks(folder):
    """Each attack by its name."""
    yield from _stacking(folder)
    yield from _responses(folder)
    yield from _class_attributes()


def _writing(folder, name):
    """A pipeline that writes below the folder when somebody fits it."""
    return make_pipeline(StandardScaler(), KMeans(2, n_init=1), memory=str(folder / name))


def _stack(estimator, method, kind=StackingRegressor, final=Ridge):
    stack = kind([("one", final())], final(), cv=2).fit(ROWS, LABELS)
    return altered(stack, estimators_=[estimator], stack_method_=[method])


def _stacking(folder):
    yield "stack_method_ fits", _stack(_writing(folder, "fitted"), "fit")
    yield "stack_method_ fits and predicts", _stack(_writing(folder, "both"), "fit_predict")
    yield (
        "stack_method_ writes an array",
        make_pipeline(FunctionTransformer(np.str_), _stack(np.zeros(1), "tofile")),
    )
    yield (
        "stack_method_ dumps an array",
        make_pipeline(FunctionTransformer(np.str_), _stack(np.zeros(1), "dump")),
    )
    tree = fitted(DecisionTreeRegressor, "numbers", max_depth=6)
    tree.tree_ = changed_tree(tree.tree_, state={"max_depth": 0})
    yield "stack_method_ walks a tree", _stack(tree, "decision_path")
    yield (
        "stack_method_ of a classifier fits",
        _stack(
            _writing(folder, "classifier"), "fit_transform", StackingClassifier, LogisticRegression
        ),
    )
    one = _stack(_writing(folder, "parameter"), "fit")
    yield "stack_method_ in a tuple", altered(one, stack_method_=("fit",))
    yield (
        "stack_method parameter",
        altered(honest("stacking"), stack_method="get_params", stack_method_=["get_params"] * 2),
    )


def _responses(folder):
    chain = honest("classifier chain")
    writing = altered(_writing(folder, "chain"), classes_=np.array([0, 1]))
    yield (
        "chain_method_ fits",
        altered(chain, chain_method_="fit", estimators_=[writing, chain.estimators_[1]]),
    )
    yield (
        "chain_method_ in a list",
        altered(honest("classifier chain"), chain_method_=["fit", "set_params"]),
    )
    fixed = FixedThresholdClassifier(LogisticRegression()).fit(ROWS, LABELS)
    yield (
        "response_method fits",
        altered(
            fixed,
            response_method="fit_predict",
            estimator_=altered(fixed.estimator_, memory=str(folder / "response")),
        ),
    )
    tuned = honest("tuned threshold")
    yield "response_method of a tuned threshold", altered(tuned, response_method="set_params")
    other = honest("tuned threshold")
    altered(other._curve_scorer, _response_method="fit")
    yield "response_method of a scorer", other
    selector = SelectFromModel(LogisticRegression()).fit(ROWS, LABELS)
    yield (
        "importance_getter leads to globals",
        before_a_classifier(altered(selector, importance_getter="fit.__func__.__globals__")),
    )
    yield (
        "importance_getter of an elimination",
        before_a_classifier(
            altered(
                fitted(RFE, estimator=LogisticRegression()), importance_getter="__class__.__mro__"
            )
        ),
    )
    calibrated = fitted(CalibratedClassifierCV, cv=2)
    for each in calibrated.calibrated_classifiers_:
        altered(each, method="transform")
    yield "method of a calibration", altered(calibrated, method="set_params")


def _class_attributes():
    svc = fitted(SVC, kernel="rbf")
    counts = np.array([5_000_000, 5_000_000], dtype=np.int32)
    yield "a machine of another kind", altered(svc, _impl="epsilon_svr", _n_support=counts)
    selector = fitted(GenericUnivariateSelect, mode="percentile", param=50)
    yield (
        "selection modes of its own",
        before_a_classifier(
            altered(selector, _selection_modes={"percentile": DecisionTreeClassifier})
        ),
    )
    yield (
        "parameter constraints of its own",
        altered(honest("logistic"), _parameter_constraints={}, C="fit"),
    )
    yield "a callback", altered(honest("logistic"), _skl_callbacks=[honest("logistic")])
    yield (
        "a container of its own",
        before_a_classifier(
            altered(fitted(StandardScaler), _sklearn_output_config={"transform": "os"})
        ),
    )
    yield (
        "auto wrapping of its own",
        before_a_classifier(
            altered(fitted(StandardScaler), _sklearn_auto_wrap_output_keys={"transform"})
        ),
    )
    neighbors = honest("k neighbors brute")
    yield "a fit method that does not exist", altered(neighbors, _fit_method="fit")
    yield "weights by an attribute", altered(honest("k neighbors brute"), weights="fit")
