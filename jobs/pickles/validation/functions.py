"""Which functions a loaded model may hold, and where.

A name in the table is harmless where honest models have it. Elsewhere it would be called with
arguments that the model chooses: `numpy.negative` as a kernel writes into its second argument,
scikit-learn's internal functions believe the sizes that they are told.
"""

from functools import partial
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
from sklearn.preprocessing import FunctionTransformer

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.names import Names, Use

_FUNCTIONS = (FunctionType, BuiltinFunctionType, np.ufunc, partial, type)
_TYPES = (np.generic, bool, int, float, complex, str, object)

# Where honest models hold functions of numbers: they are called with one array.
_OF_NUMBERS = {"func", "inverse_func", "func_", "inverse_func_"}
# Where they hold functions of scikit-learn, which nothing calls at prediction.
_OF_SCIKIT_LEARN = {"score_func", "_score_func", "_kmeans_single"}

# Options by which a function writes into an array, or believes one without looking at its length.
_DANGEROUS_OPTIONS = {"out", "X_norm_squared", "Y_norm_squared"}


def check_functions(part: Any, names: Names) -> None:
    """Refuse functions where honest models have none.

    Args:
        part: one of the objects that a model is made of.
        names: the table; what an operator added may be held anywhere.
    """
    if isinstance(part, dict):
        _check_options(part)
    kind = names[type(part).__module__, type(part).__qualname__]
    if kind.is_custom or Use.NEW not in kind.uses:
        return  # Whoever wrote its class answers for it; no pickle made it of another class.
    for attribute, value in getattr(part, "__dict__", {}).items():
        if isinstance(value, _FUNCTIONS) and not _is_at_home(value, attribute, part, names):
            raise UnsafePickleError(
                f"holds {_name(value)} as the {attribute} of a {type(part).__name__}"
            )


def _is_at_home(value: Any, attribute: str, part: Any, names: Names) -> bool:
    if isinstance(value, np.ufunc):
        return attribute in _OF_NUMBERS
    if isinstance(value, partial):
        return attribute in _OF_NUMBERS and isinstance(part, FunctionTransformer)
    if isinstance(value, type) and (issubclass(value, np.generic) or value in _TYPES):
        return True
    named = names[value.__module__ or "", value.__qualname__]
    return named.is_custom or (isinstance(value, FunctionType) and attribute in _OF_SCIKIT_LEARN)


def _name(value: Any) -> str:
    named = value.func if isinstance(value, partial) else value
    return f"{getattr(named, '__module__', None) or 'numpy'}.{named.__name__}"


def _check_options(options: dict[Any, Any]) -> None:
    for name in _DANGEROUS_OPTIONS & options.keys():
        values = options[name] if isinstance(options[name], tuple | list) else (options[name],)
        if any(isinstance(each, np.ndarray) for each in values):
            raise UnsafePickleError(f"hands an array over as the option {name} of a function")
