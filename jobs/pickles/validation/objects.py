"""Validates a loaded object: walks through everything it holds and validates each part.

First where parts stand and what they are called with, from the outside to the inside; then arrays
and numbers, from the inside to the outside, so a check of an estimator can rely on its parts.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information
from scipy.interpolate import BSpline  # type: ignore[import-untyped]  # likewise
from sklearn.base import BaseEstimator
from sklearn.cluster import Birch, BisectingKMeans
from sklearn.cluster._kmeans import _BaseKMeans
from sklearn.decomposition import IncrementalPCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import IsolationForest, VotingClassifier
from sklearn.ensemble._forest import BaseForest
from sklearn.ensemble._gb import BaseGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (its import is its effect)
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.impute import IterativeImputer
from sklearn.kernel_approximation import PolynomialCountSketch
from sklearn.mixture._base import BaseMixture
from sklearn.multiclass import _ConstantPredictor
from sklearn.multioutput import _BaseChain
from sklearn.neighbors import KernelDensity, NearestCentroid
from sklearn.neighbors._ball_tree import BallTree64
from sklearn.neighbors._base import NeighborsBase
from sklearn.neighbors._kd_tree import KDTree64
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron
from sklearn.preprocessing import (
    FunctionTransformer,
    MultiLabelBinarizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    SplineTransformer,
    TargetEncoder,
)
from sklearn.preprocessing._encoders import _BaseEncoder
from sklearn.svm._base import BaseLibSVM
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from jobs.pickles.allowed_names import NameTable, Use
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import (
    arrays,
    composition,
    dispatch,
    encoders,
    estimators,
    functions,
    histograms,
    iterations,
    neighbors,
    options,
    outputs,
    parameters,
    sparse,
    trees,
    vectorizers,
)
from jobs.pickles.validation.graph import ObjectGraph
from jobs.pickles.validation.places import is_custom, validate_place

_VALIDATORS: tuple[tuple[Any, Callable[[Any], None]], ...] = (
    (BaseEstimator, outputs.validate_classes),
    (Tree, trees.validate_tree),
    (BaseDecisionTree, trees.validate_decision_tree),
    (BaseForest, trees.validate_forest),
    (IsolationForest, trees.validate_isolation_forest),
    (BaseGradientBoosting, trees.validate_gradient_boosting),
    (BaseHistGradientBoosting, histograms.validate_histogram_boosting),
    (BaseLibSVM, estimators.validate_vector_machine),
    (KDTree64, neighbors.validate_neighbors_index),
    (BallTree64, neighbors.validate_neighbors_index),
    (NeighborsBase, neighbors.validate_neighbors),
    (KernelDensity, neighbors.validate_density),
    (NearestCentroid, neighbors.validate_centroids),
    (_BaseKMeans, estimators.validate_centers),
    (BisectingKMeans, estimators.validate_center_tree),
    (Birch, estimators.validate_birch),
    (_BaseEncoder, encoders.validate_categories),
    (OneHotEncoder, encoders.validate_one_hot_encoder),
    (OrdinalEncoder, encoders.validate_ordinal_encoder),
    (TargetEncoder, encoders.validate_target_encoder),
    (MultiLabelBinarizer, encoders.validate_label_binarizer),
    (CountVectorizer, vectorizers.validate_vectorizer),
    (DictVectorizer, vectorizers.validate_vectorizer),
    (HashingVectorizer, vectorizers.validate_vectorizer),
    (HashingVectorizer, vectorizers.validate_hasher),
    (FeatureHasher, vectorizers.validate_hasher),
    (IncrementalPCA, iterations.validate_batches),
    (IterativeImputer, iterations.validate_imputer),
    (PolynomialCountSketch, iterations.validate_sketch),
    (PolynomialFeatures, outputs.validate_powers),
    (SplineTransformer, outputs.validate_splines),
    ((DummyClassifier, DummyRegressor), outputs.validate_constant),
    (_ConstantPredictor, outputs.validate_only_class),
    (_BaseChain, outputs.validate_chain),
    (BaseMixture, outputs.validate_mixture),
    (BaseMultilayerPerceptron, outputs.validate_perceptron),
    (VotingClassifier, outputs.validate_voting),
    (np.ndarray, arrays.validate_array),
)


def validate(loaded: Any, names: NameTable) -> None:
    """Validate an object and all its parts.

    Args:
        loaded: the result of the loader.
        names: the table that the loader used.

    Raises:
        UnsafePickleError: naming the part that is not valid.
    """
    graph = ObjectGraph(loaded)
    graph.require_bounded()
    for part, place in graph.places():
        validate_place(part, place, names)
        functions.validate_function(part, place, names)
    parts = [node.part for node in graph.nodes.values()]
    for part in parts:
        _validate(part, names, _validate_structure)
    for part in reversed(parts):
        _validate(part, names, _validate_numbers)


def _validate(part: Any, names: NameTable, check: Callable[[Any, NameTable], None]) -> None:
    try:
        check(part, names)
    except UnsafePickleError:
        raise
    except Exception as error:
        # Attributes that are missing or have another type make a check raise anything.
        raise UnsafePickleError(
            f"holds a {type(part).__name__} that is not valid: "
            f"{type(error).__name__} {error!s:.200}"
        ) from error


def _validate_structure(part: Any, names: NameTable) -> None:
    """Which objects an object holds, and which names and values it gives to its methods."""
    if not hasattr(part, "__dict__") or isinstance(part, functions.FUNCTIONS):
        return
    dispatch.validate_shadows(part, is_custom=is_custom(type(part), names))
    if not _is_from_table(part, names):
        return
    composition.validate_composition(part, names)
    dispatch.validate_names(part)
    iterations.validate_numbers(part)
    options.validate_options(part, names)
    if isinstance(part, BaseEstimator):
        parameters.validate_parameters(part, names)
    if isinstance(part, FunctionTransformer):
        functions.validate_function_arguments(part, names)


def _is_from_table(part: Any, names: NameTable) -> bool:
    """Whether a pickle can have created the object, and its class is not the operator's own."""
    named = names[type(part).__module__, type(part).__qualname__]
    return Use.NEW in named.uses and not named.is_custom


def _validate_numbers(part: Any, _: NameTable) -> None:
    """What compiled code does with an object's arrays."""
    for kind, validator in _VALIDATORS:
        if isinstance(part, kind):
            validator(part)
    if scipy.sparse.issparse(part):
        sparse.validate_sparse(part)
    if isinstance(part, BSpline):
        # The constructor validates its arguments; BUILD has gone around it.
        BSpline(part.t, part.c, part.k)
