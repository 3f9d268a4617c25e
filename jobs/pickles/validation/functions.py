"""Validates functions and types: which ones stand where, and with which arguments they are called.

A function in the table is harmless in the attributes where honest models have it. Another attribute
is called with arguments that the model chooses: `numpy.negative` as a kernel writes into its second
argument, and scikit-learn's internal functions trust the sizes that they are given. A container can
reach any attribute, so functions in containers are those of a parameter search only.
"""

from collections.abc import Mapping
from functools import partial
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
from sklearn.cluster import BisectingKMeans
from sklearn.compose import TransformedTargetRegressor, make_column_selector
from sklearn.feature_selection._univariate_selection import _BaseFilter
from sklearn.metrics._scorer import _BaseScorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._split import KFold, StratifiedKFold, _RepeatedSplits
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_array

from jobs.pickles.allowed_names import NameTable, Use
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.graph import Place
from jobs.pickles.validation.places import GRID, is_custom, is_custom_function, words

FUNCTIONS = (FunctionType, BuiltinFunctionType, np.ufunc, partial, type)
_TYPES = (bool, int, float, complex, str, object)

# Where honest models hold functions of scikit-learn: predict does not call them.
_SKLEARN_PLACES: Mapping[type, frozenset[str]] = {
    _BaseFilter: frozenset({"score_func"}),
    _BaseScorer: frozenset({"_score_func"}),
    BisectingKMeans: frozenset({"_kmeans_single"}),
    BaseSearchCV: GRID,
}
# Where they hold functions of numbers, which are called with one array.
_UFUNC_PLACES: Mapping[type, frozenset[str]] = {
    FunctionTransformer: frozenset({"func", "inverse_func"}),
    TransformedTargetRegressor: frozenset({"func", "inverse_func"}),
    BaseSearchCV: GRID,
}
_TYPE_PLACES: Mapping[type, frozenset[str]] = {
    make_column_selector: frozenset({"dtype_include", "dtype_exclude"}),
    np.ma.MaskedArray: frozenset({"_baseclass"}),
    partial: frozenset({"keywords"}),
    FunctionTransformer: frozenset({"kw_args", "inv_kw_args"}),
    BaseSearchCV: GRID,
    object: frozenset({"dtype", "_fit_dtype", "_fill_dtype"}),
}
# Which split a splitter repeats.
_SPLITTER_PLACES: Mapping[type, frozenset[str]] = {_RepeatedSplits: frozenset({"cv"})}
# The arguments of check_array that only say which arrays it takes, and their values.
_CHECKS: Mapping[str, tuple[Any, ...]] = {
    "dtype": (None, "numeric"),
    "ensure_all_finite": (True, False, "allow-nan"),
}


def validate_function(part: Any, place: Place, names: NameTable) -> None:
    """A function or a type stands where honest models have one.

    Args:
        part: the loaded object, or a part of it.
        place: where it stands.
        names: the table; names that an operator added are allowed everywhere.

    Raises:
        UnsafePickleError: naming the function and its place.
    """
    if not isinstance(part, FUNCTIONS) or not _is_made_by_pickle(place.owner, names):
        return
    if not _is_allowed(part, place, names):
        raise UnsafePickleError(f"holds {_name(part)} {words(place)}")


def _is_made_by_pickle(owner: type | None, names: NameTable) -> bool:
    """Whether a pickle can have created the owner, and the rules are not the operator's."""
    if owner is None or owner in {partial, np.ma.MaskedArray}:
        return True
    uses = names[owner.__module__, owner.__qualname__].uses
    return Use.NEW in uses and not is_custom(owner, names)


def _is_allowed(part: Any, place: Place, names: NameTable) -> bool:
    if isinstance(part, partial) or is_custom_function(part, names):
        return True  # `places.py` says where the first may be
    if isinstance(part, np.ufunc):
        return part.nin == part.nout == 1 and _stands_in(place, _UFUNC_PLACES)
    if isinstance(part, type):
        is_array = part is np.ndarray and place.owner is np.ma.MaskedArray
        return is_array or _is_allowed_type(part, place)
    if part is check_array and place == Place(partial, "func"):
        return True
    return isinstance(part, FunctionType) and _stands_in(place, _SKLEARN_PLACES)


def _is_allowed_type(part: type, place: Place) -> bool:
    if part in {KFold, StratifiedKFold}:
        return _stands_in(place, _SPLITTER_PLACES)
    is_plain = issubclass(part, np.generic) or part in _TYPES
    return is_plain and (_stands_in(place, _TYPE_PLACES) or _converts(part, place))


def _stands_in(place: Place, places: Mapping[type, frozenset[str]]) -> bool:
    owner = place.owner or type(None)
    return any(issubclass(owner, each) and place.attribute in places[each] for each in places)


def _converts(part: type, place: Place) -> bool:
    """Whether a type converts an array to numbers: others make it a text, e.g. a path."""
    is_number = issubclass(part, np.number | np.bool_ | bool | int | float)
    return is_number and _stands_in(place, {FunctionTransformer: frozenset({"func"})})


def _name(part: Any) -> str:
    named = part.func if isinstance(part, partial) else part
    return f"{getattr(named, '__module__', None) or 'numpy'}.{named.__name__}"


def validate_function_arguments(transformer: FunctionTransformer, names: NameTable) -> None:
    """A function of NumPy or scikit-learn gets its array and nothing else.

    `where=False` makes a function of NumPy return memory that it has not written to, and `out`
    makes it write into an array of the model.

    Raises:
        UnsafePickleError: naming an argument.
    """
    for function, arguments in (("func", "kw_args"), ("inverse_func", "inv_kw_args")):
        called = getattr(transformer, function, None)
        given = getattr(transformer, arguments, None)
        if given and not is_custom_function(called, names):
            raise UnsafePickleError(
                f"holds a {type(transformer).__name__} whose {arguments} give its function the "
                f"argument {next(iter(given))!s:.40}"
            )
        if isinstance(called, partial):
            _require_checks(called)


def _require_checks(function: partial[Any]) -> None:
    for name, value in function.keywords.items():
        values = value if isinstance(value, list) else [value]
        is_allowed = name in _CHECKS and all(
            any(each is allowed or each == allowed for allowed in _CHECKS[name])
            or (name == "dtype" and isinstance(each, type) and issubclass(each, np.number))
            for each in values
        )
        if not is_allowed or function.args:
            raise UnsafePickleError(f"holds a check of arrays with the argument {name!s:.40}")
