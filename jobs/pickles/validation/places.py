"""Validates where parts stand that compiled code, or code that calls them, trusts.

A tree is safe inside the estimator that checks its rows' features, an index of neighbors inside the
estimator of these neighbors, a kernel where a kernel is called. Elsewhere scikit-learn would give
them other arguments. So each of these parts stands where honest models have it, and nowhere else.
"""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np
from scipy.interpolate import BSpline  # type: ignore[import-untyped]  # it ships no types
from scipy.interpolate._bsplines import _BSpline  # type: ignore[import-untyped]  # likewise
from sklearn._loss._loss import CyLossFunction
from sklearn._loss.link import BaseLink, Interval
from sklearn._loss.loss import BaseLoss
from sklearn.calibration import CalibratedClassifierCV, _CalibratedClassifier
from sklearn.cluster import Birch, BisectingKMeans
from sklearn.cluster._birch import _CFNode, _CFSubcluster
from sklearn.cluster._bisect_k_means import _BisectingTree
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble._gb import BaseGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (its import is its effect)
from sklearn.gaussian_process.kernels import Kernel
from sklearn.impute import IterativeImputer
from sklearn.impute._iterative import _ImputerTriplet
from sklearn.linear_model._glm.glm import _GeneralizedLinearRegressor
from sklearn.linear_model._stochastic_gradient import BaseSGD
from sklearn.metrics._dist_metrics import DistanceMetric64
from sklearn.metrics._scorer import _BaseScorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.neighbors import KernelDensity
from sklearn.neighbors._ball_tree import BallTree64
from sklearn.neighbors._base import NeighborsBase
from sklearn.neighbors._kd_tree import KDTree64
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron
from sklearn.neural_network._stochastic_optimizers import BaseOptimizer
from sklearn.preprocessing import FunctionTransformer, SplineTransformer
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from jobs.pickles.allowed_names import NameTable
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.graph import Place

# What a parameter search has tried; predict does not look at it.
GRID = frozenset({"param_grid", "param_distributions", "cv_results_", "best_params_"})

_Places = Mapping[type, frozenset[str]]

_PLACES: Mapping[type, _Places] = {
    Tree: {BaseDecisionTree: frozenset({"tree_"})},
    TreePredictor: {BaseHistGradientBoosting: frozenset({"_predictors"})},
    _BinMapper: {BaseHistGradientBoosting: frozenset({"_bin_mapper"})},
    KDTree64: {NeighborsBase: frozenset({"_tree"}), KernelDensity: frozenset({"tree_"})},
    BallTree64: {NeighborsBase: frozenset({"_tree"}), KernelDensity: frozenset({"tree_"})},
    DistanceMetric64: {KDTree64: frozenset({"state"}), BallTree64: frozenset({"state"})},
    BSpline: {SplineTransformer: frozenset({"bsplines_"})},
    _BSpline: {BSpline: frozenset({"_delegate_to"})},
    BaseLoss: {
        BaseHistGradientBoosting: frozenset({"_loss"}),
        BaseGradientBoosting: frozenset({"_loss"}),
        _GeneralizedLinearRegressor: frozenset({"_base_loss"}),
    },
    CyLossFunction: {
        BaseLoss: frozenset({"closs"}),
        BaseSGD: frozenset({"_loss_function_"}),
    },
    BaseLink: {BaseLoss: frozenset({"link"})},
    Interval: {
        BaseLoss: frozenset({"interval_y_pred", "interval_y_true"}),
        BaseLink: frozenset({"interval_y_pred"}),
    },
    # Every estimator that takes a kernel calls it with two arrays of rows.
    Kernel: {object: frozenset({"kernel", "kernel_", "k1", "k2", "kernels"}), BaseSearchCV: GRID},
    partial: {FunctionTransformer: frozenset({"func"})},
    np.ma.MaskedArray: {BaseSearchCV: frozenset({"cv_results_"})},
    make_column_selector: {
        ColumnTransformer: frozenset({"transformers", "_columns"}),
        BaseSearchCV: GRID,
    },
    _CalibratedClassifier: {CalibratedClassifierCV: frozenset({"calibrated_classifiers_"})},
    _ImputerTriplet: {IterativeImputer: frozenset({"imputation_sequence_"})},
    _BisectingTree: {
        BisectingKMeans: frozenset({"_bisecting_tree"}),
        _BisectingTree: frozenset({"left", "right"}),
    },
    _CFNode: {
        Birch: frozenset({"root_", "dummy_leaf_"}),
        _CFNode: frozenset({"next_leaf_", "prev_leaf_"}),
        _CFSubcluster: frozenset({"child_"}),
    },
    _CFSubcluster: {_CFNode: frozenset({"subclusters_"})},
    # They are called with an estimator; predict calls none of them.
    _BaseScorer: {
        object: frozenset({"_curve_scorer", "_scorer", "owner", "scorer_", "scoring"}),
        BaseSearchCV: GRID,
    },
    BaseOptimizer: {BaseMultilayerPerceptron: frozenset({"_optimizer"})},
}


def validate_place(part: Any, place: Place, names: NameTable) -> None:
    """A part that code trusts stands where honest models have it.

    Args:
        part: the loaded object, or a part of it.
        place: where it stands.
        names: the table; classes that an operator added may hold everything.

    Raises:
        UnsafePickleError: naming the part and its place.
    """
    places = _places_of(type(part))  # type: ignore[arg-type]  # a class is hashable
    if places is None or is_custom(place.owner, names):
        return
    owner = place.owner or type(None)
    if not any(issubclass(owner, each) and place.attribute in places[each] for each in places):
        raise UnsafePickleError(f"holds a {type(part).__name__} {words(place)}")


def is_custom_function(function: Any, names: NameTable) -> bool:
    """Whether an operator added a function to the table of names."""
    module, name = (getattr(function, each, None) for each in ("__module__", "__qualname__"))
    return isinstance(module, str) and isinstance(name, str) and names[module, name].is_custom


def words(place: Place) -> str:
    """A place in words that follow the name of a part."""
    if place.owner is None:
        return "that belongs to no estimator"
    return f"as the {place.attribute} of a {place.owner.__name__}"


def is_custom(owner: type | None, names: NameTable) -> bool:
    """Whether an operator added a class to the table of names."""
    return owner is not None and names[owner.__module__, owner.__qualname__].is_custom


@cache
def _places_of(kind: Any) -> _Places | None:
    return next((places for each, places in _PLACES.items() if issubclass(kind, each)), None)
