"""Where parts stand that compiled code, or code that calls them, trusts."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Sum
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KDTree, KernelDensity, KNeighborsClassifier
from sklearn.preprocessing import SplineTransformer
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.graph import Place
from jobs.pickles.validation.places import (
    is_custom,
    is_custom_function,
    validate_place,
    words,
)

NAMES = default_names()
ROWS, TARGET = np.arange(12.0).reshape(6, 2), np.arange(6.0)
TREE = DecisionTreeRegressor().fit(ROWS, TARGET).tree_
PREDICTOR = HistGradientBoostingRegressor(max_iter=1).fit(ROWS, TARGET)._predictors[0][0]
SPLINE = SplineTransformer(n_knots=3).fit(ROWS).bsplines_[0]
INDEX = KDTree(ROWS)
MASKED = np.ma.array([1.0], mask=[True])


@pytest.mark.parametrize(
    ("part", "owner", "attribute"),
    [
        (TREE, DecisionTreeRegressor, "tree_"),
        (PREDICTOR, HistGradientBoostingRegressor, "_predictors"),
        (INDEX, KNeighborsClassifier, "_tree"),
        (INDEX, KernelDensity, "tree_"),
        (SPLINE, SplineTransformer, "bsplines_"),
        (RBF(), GaussianProcessRegressor, "kernel_"),
        (RBF(), KernelRidge, "kernel"),
        (RBF(), Sum, "k1"),
        (RBF(), GridSearchCV, "param_grid"),
        (MASKED, GridSearchCV, "cv_results_"),
        (make_column_selector(), ColumnTransformer, "transformers"),
        (Ridge(), SVC, "anything"),
        (np.zeros(3), None, ""),
    ],
)
def test_parts_where_honest_models_have_them_are_valid(part, owner, attribute):
    validate_place(part, Place(owner, attribute), NAMES)


@pytest.mark.parametrize(
    ("part", "owner", "attribute", "place"),
    [
        (TREE, None, "", "a Tree that belongs to no estimator"),
        (TREE, Ridge, "estimator_", "a Tree as the estimator_ of a Ridge"),
        (TREE, KernelDensity, "tree_", "a Tree as the tree_ of a KernelDensity"),
        (PREDICTOR, SVC, "estimators_", "a TreePredictor as the estimators_ of a SVC"),
        (INDEX, KNeighborsClassifier, "_fit_X", "a KDTree as the _fit_X"),
        (SPLINE, SVC, "kernel", "a BSpline as the kernel of a SVC"),
        (RBF(), SVC, "metric", "a RBF as the metric of a SVC"),
        (MASKED, Ridge, "coef_", "a MaskedArray as the coef_ of a Ridge"),
    ],
)
def test_parts_elsewhere_are_refused(part, owner, attribute, place):
    with pytest.raises(UnsafePickleError, match=f"holds {place}"):
        validate_place(part, Place(owner, attribute), NAMES)


def test_a_class_of_the_operator_may_hold_everything():
    names = NAMES.with_custom(["jobs.pickles.errors:UnsafePickleError", "builtins:len"])
    validate_place(TREE, Place(UnsafePickleError, "anything"), names)
    assert is_custom(UnsafePickleError, names)
    assert not is_custom(None, names)
    assert is_custom_function(len, names)
    assert not is_custom_function(len, NAMES)
    assert not is_custom_function(None, names)


def test_a_place_in_words_follows_a_part():
    assert words(Place()) == "that belongs to no estimator"
    assert words(Place(SVC, "kernel")) == "as the kernel of a SVC"
