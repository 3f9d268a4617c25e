"""Validates functions: which ones an object may hold, in which attribute.

A function in the table is harmless in the attributes where honest models have it. Another attribute
is called with arguments that the model chooses: `numpy.negative` as a kernel writes into its second
argument, and scikit-learn's internal functions trust the sizes that they are given.
"""

from functools import partial
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
from sklearn.preprocessing import FunctionTransformer

from jobs.pickles.allowed_names import NameTable, Use
from jobs.pickles.errors import UnsafePickleError

_FUNCTIONS = (FunctionType, BuiltinFunctionType, np.ufunc, partial, type)
_TYPES = (np.generic, bool, int, float, complex, str, object)

# Attributes in which honest models hold ufuncs: they are called with one array.
_UFUNC_ATTRIBUTES = {"func", "inverse_func", "func_", "inverse_func_"}
# Attributes in which they hold functions of scikit-learn: predict does not call them.
_SKLEARN_ATTRIBUTES = {"score_func", "_score_func", "_kmeans_single"}

# Options by which a function writes into an array, or trusts an array without checking its length.
_DANGEROUS_OPTIONS = {"out", "X_norm_squared", "Y_norm_squared"}


def validate_functions(part: Any, names: NameTable) -> None:
    """Functions are only in attributes where honest models have functions.

    Args:
        part: the loaded object, or an object that it holds.
        names: the table; names that an operator added are allowed in every attribute.

    Raises:
        UnsafePickleError: naming the function and the attribute.
    """
    if isinstance(part, dict):
        _validate_options(part)
    kind = names[type(part).__module__, type(part).__qualname__]
    if kind.is_custom or Use.NEW not in kind.uses:
        # A custom class is the operator's responsibility. Of classes that are not in the table, a
        # pickle cannot have created the object.
        return
    for attribute, value in getattr(part, "__dict__", {}).items():
        if isinstance(value, _FUNCTIONS) and not _is_allowed(value, attribute, part, names):
            raise UnsafePickleError(
                f"holds {_name(value)} as the {attribute} of a {type(part).__name__}"
            )


def _is_allowed(value: Any, attribute: str, part: Any, names: NameTable) -> bool:
    if isinstance(value, np.ufunc):
        return attribute in _UFUNC_ATTRIBUTES
    if isinstance(value, partial):
        return attribute in _UFUNC_ATTRIBUTES and isinstance(part, FunctionTransformer)
    if isinstance(value, type) and (issubclass(value, np.generic) or value in _TYPES):
        return True
    named = names[value.__module__ or "", value.__qualname__]
    return named.is_custom or (isinstance(value, FunctionType) and attribute in _SKLEARN_ATTRIBUTES)


def _name(value: Any) -> str:
    named = value.func if isinstance(value, partial) else value
    return f"{getattr(named, '__module__', None) or 'numpy'}.{named.__name__}"


def _validate_options(options: dict[Any, Any]) -> None:
    for name in _DANGEROUS_OPTIONS & options.keys():
        values = options[name] if isinstance(options[name], tuple | list) else (options[name],)
        if any(isinstance(each, np.ndarray) for each in values):
            raise UnsafePickleError(f"hands an array over as the option {name} of a function")
