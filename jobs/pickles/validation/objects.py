"""Validates a loaded object: walks through everything it holds and validates each part."""

from collections.abc import Callable, Iterator
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # it ships no type information
from scipy.interpolate import BSpline  # type: ignore[import-untyped]  # likewise
from sklearn.cluster import Birch, BisectingKMeans
from sklearn.cluster._kmeans import _BaseKMeans
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._forest import BaseForest
from sklearn.ensemble._gb import BaseGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.neighbors._ball_tree import BallTree64
from sklearn.neighbors._base import NeighborsBase
from sklearn.neighbors._kd_tree import KDTree64
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder
from sklearn.svm._base import BaseLibSVM
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from jobs.pickles.allowed_names import NameTable
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import arrays, encoders, estimators, trees
from jobs.pickles.validation.functions import validate_functions

_VALIDATORS: tuple[tuple[Any, Callable[[Any], None]], ...] = (
    (Tree, trees.validate_tree),
    (BaseDecisionTree, trees.validate_decision_tree),
    (BaseForest, trees.validate_forest),
    (IsolationForest, trees.validate_isolation_forest),
    (BaseGradientBoosting, trees.validate_gradient_boosting),
    (BaseHistGradientBoosting, trees.validate_histogram_boosting),
    (BaseLibSVM, estimators.validate_vector_machine),
    (KDTree64, estimators.validate_neighbors_index),
    (BallTree64, estimators.validate_neighbors_index),
    (NeighborsBase, estimators.validate_neighbors),
    (_BaseKMeans, estimators.validate_centers),
    (BisectingKMeans, estimators.validate_center_tree),
    (Birch, estimators.validate_birch),
    (OneHotEncoder, encoders.validate_one_hot_encoder),
    (CountVectorizer, encoders.validate_vectorizer),
    (DictVectorizer, encoders.validate_vectorizer),
    (HashingVectorizer, encoders.validate_vectorizer),
    (HashingVectorizer, encoders.validate_hasher),
    (FeatureHasher, encoders.validate_hasher),
    (MultiLabelBinarizer, encoders.validate_label_binarizer),
    (np.ndarray, arrays.validate_truth_values),
)


def validate(loaded: Any, names: NameTable) -> None:
    """Validate an object and all its parts.

    Args:
        loaded: the result of the loader.
        names: the table that the loader used.

    Raises:
        UnsafePickleError: naming the part that is not valid.
    """
    for part in _parts(loaded):
        try:
            _validate_part(part, names)
        except UnsafePickleError:
            raise
        except Exception as error:
            # Attributes that are missing or have another type make a validator raise anything.
            raise UnsafePickleError(
                f"holds a {type(part).__name__} that is not valid: {type(error).__name__} {error}"
            ) from error


def _validate_part(part: Any, names: NameTable) -> None:
    _validate_methods(part)
    validate_functions(part, names)
    for kind, validator in _VALIDATORS:
        if isinstance(part, kind):
            validator(part)
    if scipy.sparse.issparse(part):
        arrays.validate_sparse(part)
    if isinstance(part, BSpline):
        # The constructor validates its arguments; BUILD has gone around it.
        BSpline(part.t, part.c, part.k)


def _validate_methods(part: Any) -> None:
    for name in getattr(part, "__dict__", ()):
        method = getattr(type(part), name, None)
        if callable(method) and not isinstance(method, type):
            raise UnsafePickleError(f"replaces the method {name} of a {type(part).__name__}")


def _parts(loaded: Any) -> Iterator[Any]:
    """Each object that can be reached from the loaded one, once."""
    seen: dict[int, Any] = {}
    pending = [loaded]
    while pending:
        part = pending.pop()
        if id(part) in seen or isinstance(part, _LEAVES):
            continue
        seen[id(part)] = part
        yield part
        pending.extend(_members(part))


_LEAVES = (
    *(str, bytes, bytearray, int, float, complex, type(None), type),
    *(FunctionType, ModuleType, np.generic, np.ufunc, np.dtype),
)


def _members(part: Any) -> list[Any]:
    if isinstance(part, np.ndarray):
        return part.ravel().tolist() if part.dtype.hasobject else []
    members = list(vars(part).values()) if hasattr(part, "__dict__") else []
    if isinstance(part, dict):
        members += [*part.keys(), *part.values()]
    elif isinstance(part, list | tuple | set | frozenset):
        members += part
    elif isinstance(part, KDTree64 | BallTree64):
        members += part.__getstate__()
    elif isinstance(part, partial):
        members.append(part.keywords)
    return members
