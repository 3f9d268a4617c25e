"""Validates options of distances and kernels: arguments that reach compiled code by their names.

`Y_norm_squared` is the squared lengths of rows, which compiled code indexes by row without looking
at their number; `out` is an array that it writes into. Honest models give parameters of a formula.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.pickles.allowed_names import NameTable
from jobs.pickles.validation.arrays import require
from jobs.pickles.validation.places import is_custom_function

_DISTANCES = frozenset({"metric_params", "effective_metric_params_"})
_KERNELS = frozenset({"kernel_params", "pairwise_kernels_kwargs"})
_KERNEL_NUMBERS = frozenset({"coef0", "degree", "gamma"})
# Of a distance: how many dimensions the option has, each as long as there are features.
_DISTANCE_DIMENSIONS: Mapping[str, int] = {"p": 0, "w": 1, "V": 1, "VI": 2}
_UNKNOWN = "hands an option over that no distance or kernel of honest models has"


def validate_options(part: Any, names: NameTable) -> None:
    """Distances and kernels get parameters of their formulas and nothing else.

    Args:
        part: an object whose class is in the table.
        names: the table; a function that an operator added may get anything.

    Raises:
        UnsafePickleError: when they get something else.
    """
    state = vars(part)
    if any(is_custom_function(state.get(function), names) for function in ("kernel", "metric")):
        return
    for attribute in _DISTANCES & state.keys():
        for name, value in _options(part, state[attribute]).items():
            require(name in _DISTANCE_DIMENSIONS, part, _UNKNOWN)
            _require_shape(part, value, _DISTANCE_DIMENSIONS[name])
    for attribute in _KERNELS & state.keys():
        for name, value in _options(part, state[attribute]).items():
            require(name in _KERNEL_NUMBERS, part, _UNKNOWN)
            _require_shape(part, value, 0)


def _options(part: Any, value: Any) -> Mapping[str, Any]:
    require(value is None or type(value) is dict, part, _UNKNOWN)
    return value or {}


def _require_shape(part: Any, value: Any, dimensions: int) -> None:
    if value is None:
        return
    is_plain = isinstance(value, int | float | np.number | list | np.ndarray)
    array = np.asarray(value) if is_plain else np.asarray("")
    require(array.dtype.kind in "iuf" and array.ndim == dimensions, part, _UNKNOWN)
    features = getattr(part, "n_features_in_", None)
    fits = features is None or all(length == features for length in array.shape)
    require(fits, part, "hands an option over that is of other features")
