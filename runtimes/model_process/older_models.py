"""Completes models that an older release wrote, where what they lack has one possible value."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

_DEFAULTS = (None, False)


def complete_older_models() -> None:
    """Give the classes of libraries that are imported what later releases added to their models.

    An older pickle lacks these attributes, and asking the model reads them.
    """
    _complete_xgboost(getattr(sys.modules.get("xgboost"), "XGBModel", None))
    _complete(_FIT_DTYPE, "sklearn.impute", "SimpleImputer")
    _complete(_SAMPLES, "sklearn.neighbors", "KNeighborsClassifier", "KNeighborsRegressor")


def _complete_xgboost(base: Any) -> None:
    """Parameters that are None or False by default: such a model was fitted without them."""
    if base is None:
        return
    for name, parameter in inspect.signature(base.__init__).parameters.items():
        if any(parameter.default is default for default in _DEFAULTS) and not hasattr(base, name):
            setattr(base, name, parameter.default)


class _Derived:
    """An attribute that follows from others; what an estimator has noted itself goes before."""

    def __init__(self, name: str, value: Callable[[Any], Any]):
        self.name = name
        self._value = value

    def __get__(self, estimator: Any, _: Any = None) -> Any:
        return self if estimator is None else self._value(estimator)


# Since 1.1.1 an imputer notes the dtype it was fitted on. It asks only whether that is the dtype of
# objects, and so is then the one of its statistics.
_FIT_DTYPE = _Derived("_fit_dtype", lambda imputer: imputer.statistics_.dtype)
_SAMPLES = _Derived("n_samples_fit_", lambda neighbors: neighbors._fit_X.shape[0])  # since 0.22


def _complete(attribute: _Derived, module: str, *classes: str) -> None:
    for name in classes:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and not hasattr(kind, attribute.name):
            setattr(kind, attribute.name, attribute)
