"""Whether a loaded model is one that compiled code can walk through.

scikit-learn's compiled code believes its own arrays: a tree whose child index points beyond its
nodes, or back to an ancestor, ends `predict` with a segmentation fault, or never. Pickles can hold
such trees without a single forbidden name, so what compiled code will index is checked here.
"""

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

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.names import Names
from jobs.pickles.validation import arrays, encoders, estimators, trees
from jobs.pickles.validation.functions import check_functions

_CHECKS: tuple[tuple[Any, Callable[[Any], None]], ...] = (
    (Tree, trees.check_tree),
    (BaseDecisionTree, trees.check_decision_tree),
    (BaseForest, trees.check_forest),
    (IsolationForest, trees.check_isolation_forest),
    (BaseGradientBoosting, trees.check_boosting),
    (BaseHistGradientBoosting, trees.check_histogram_boosting),
    (BaseLibSVM, estimators.check_vector_machine),
    (KDTree64, estimators.check_index),
    (BallTree64, estimators.check_index),
    (NeighborsBase, estimators.check_labels),
    (_BaseKMeans, estimators.check_centers),
    (BisectingKMeans, estimators.check_center_tree),
    (Birch, estimators.check_norms),
    (OneHotEncoder, encoders.check_one_hot),
    (CountVectorizer, encoders.check_vocabulary),
    (DictVectorizer, encoders.check_vocabulary),
    (HashingVectorizer, encoders.check_vocabulary),
    (HashingVectorizer, encoders.check_hasher),
    (FeatureHasher, encoders.check_hasher),
    (MultiLabelBinarizer, encoders.check_label_sets),
    (np.ndarray, arrays.check_truths),
)


def validate(model: Any, names: Names) -> None:
    """Refuse a model that compiled code could not walk through.

    Args:
        model: what was loaded.
        names: the table it was loaded by.

    Raises:
        UnsafePickleError: naming the part that is not sound.
    """
    for part in _parts(model):
        try:
            _check_part(part, names)
        except UnsafePickleError:
            raise
        except Exception as error:
            # What is missing, or has another type, is not sound either.
            raise UnsafePickleError(
                f"holds a {type(part).__name__} that is not sound: {type(error).__name__} {error}"
            ) from error


def _check_part(part: Any, names: Names) -> None:
    _refuse_replaced_methods(part)
    check_functions(part, names)
    for kind, check in _CHECKS:
        if isinstance(part, kind):
            check(part)
    if scipy.sparse.issparse(part):
        arrays.check_sparse(part)
    if isinstance(part, BSpline):
        BSpline(part.t, part.c, part.k)


def _refuse_replaced_methods(part: Any) -> None:
    for name in getattr(part, "__dict__", ()):
        own = getattr(type(part), name, None)
        if callable(own) and not isinstance(own, type):
            raise UnsafePickleError(f"replaces the method {name} of a {type(part).__name__}")


def _parts(model: Any) -> Iterator[Any]:
    """Every object that a model is made of, once."""
    seen: dict[int, Any] = {}
    waiting = [model]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, _LEAVES):
            continue
        seen[id(part)] = part
        yield part
        waiting.extend(_members(part))


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
