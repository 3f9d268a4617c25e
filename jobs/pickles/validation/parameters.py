"""Validates the parameters of estimators by scikit-learn's own rules for their values.

`fit` validates them and `predict` trusts them: which method, which metric, which kernel. A pickle
goes around `fit`. Each estimator's class says which values are valid; beside these rules, an
estimator that a parameter asks for is one of an allowed class, and nothing is cached in a folder.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import HasMethods, make_constraint

from jobs.pickles.allowed_names import NameTable
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.composition import is_estimator

_PLAIN = (bool, int, float, str, type(None))
_COLLECTIONS = (list, tuple, set, frozenset, dict, np.ndarray)
_LONG = 100
_UNCHECKED = "no_validation"


def validate_parameters(estimator: BaseEstimator, names: NameTable) -> None:
    """Each parameter has a value that scikit-learn's `fit` would accept.

    Args:
        estimator: an estimator of scikit-learn.
        names: the table.

    Raises:
        UnsafePickleError: naming the parameter.
    """
    kind = type(estimator)
    for parameter, value in vars(estimator).items():
        if parameter == "memory" and value is not None:
            raise UnsafePickleError(f"holds a {kind.__name__} that keeps results in a folder")
        if not _is_accepted(kind, parameter, value, names):
            raise UnsafePickleError(
                f"holds a {kind.__name__} whose {parameter} scikit-learn does not accept"
            )


def _is_accepted(kind: type, parameter: str, value: Any, names: NameTable) -> bool:
    if not (constraints := _constraints(kind, parameter)):
        return True
    if type(value) in _PLAIN and len(str(value)) < _LONG:
        # The type, too, because 1, 1.0 and True are the same key.
        return _is_accepted_plain(kind, parameter, type(value).__name__, value)
    protocols = [each for each in constraints if isinstance(each, HasMethods)]
    others = [each for each in constraints if not isinstance(each, HasMethods)]
    if any(each.is_satisfied_by(value) for each in others):
        return True
    if any(each.methods == ["__iter__"] for each in protocols):
        return isinstance(value, _COLLECTIONS)
    is_called = is_estimator(value, names)
    return is_called and any(each.is_satisfied_by(value) for each in protocols)


@lru_cache(maxsize=10_000)  # the trees of a forest have the same parameters
def _is_accepted_plain(kind: type, parameter: str, _: str, value: Any) -> bool:
    return any(each.is_satisfied_by(value) for each in _constraints(kind, parameter))


@lru_cache(maxsize=10_000)
def _constraints(kind: type, parameter: str) -> tuple[Any, ...]:
    """The rules for a parameter of a class; none for an attribute that is no parameter."""
    rules = getattr(kind, "_parameter_constraints", {}).get(parameter, _UNCHECKED)
    return () if rules == _UNCHECKED else tuple(map(make_constraint, rules))
