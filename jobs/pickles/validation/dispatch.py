"""Validates names by which scikit-learn chooses what to call: methods, attributes and functions.

`getattr(estimator, self.stack_method_)(rows)` calls any method of any object that the model holds,
e.g. `fit` of a pipeline that writes files. So each attribute that scikit-learn passes to `getattr`,
or looks a function up by, is one of the names that its own code sets. The test of this module finds
all such calls in the installed scikit-learn, so that a new release's are noticed.
"""

import re
from collections.abc import Callable, Mapping
from inspect import isdatadescriptor
from typing import Any

from jobs.pickles.errors import UnsafePickleError

_RESPONSES = frozenset({"decision_function", "predict", "predict_log_proba", "predict_proba"})
_CALIBRATIONS = frozenset({"isotonic", "sigmoid", "temperature"})
_INDEXES = frozenset({"auto", "ball_tree", "brute", "kd_tree"})
_ACTIVATIONS = frozenset({"identity", "logistic", "relu", "softmax", "tanh"})
_FRAMES = frozenset({None, "default", "pandas", "polars"})
_PUBLIC_PATH = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,50}(?:\.[a-zA-Z][a-zA-Z0-9_]{0,50}){0,5}")
_IDENTIFIER = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,50}")

# Attributes of a class that its objects may have too.
_SHADOWS = frozenset({("MaskedArray", "_baseclass"), ("Lars", "positive")})
_MISSING = object()


def _one_of(names: frozenset[Any]) -> Callable[[Any], bool]:
    return lambda value: (value is None or type(value) is str) and value in names


def _some_of(names: frozenset[Any]) -> Callable[[Any], bool]:
    """One name, or several in the order of preference."""
    is_one = _one_of(names)
    return lambda value: (
        all(map(is_one, value)) if isinstance(value, list | tuple) else is_one(value)
    )


def _is_public_path(value: Any) -> bool:
    return isinstance(value, str) and _PUBLIC_PATH.fullmatch(value) is not None


def _are_identifiers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(each, str) and _IDENTIFIER.fullmatch(each) for each in value
    )


def _is_output_config(value: Any) -> bool:
    return type(value) is dict and all(
        key == "transform" and _one_of(_FRAMES)(frame) for key, frame in value.items()
    )


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, list | tuple | dict) and not value)


# What each attribute may be, in whichever class.
NAMES: Mapping[str, Callable[[Any], bool]] = {
    "_fit_method": _one_of(_INDEXES),
    "_response_method": _some_of(_RESPONSES),
    "_skl_callbacks": _is_empty,
    "_sklearn_output_config": _is_output_config,
    "chain_method": _some_of(_RESPONSES),
    "chain_method_": _one_of(_RESPONSES),
    "estimator_params": _are_identifiers,
    "importance_getter": _is_public_path,
    "out_activation_": _one_of(_ACTIVATIONS),
    "predict_method": _one_of(_RESPONSES),
    "response_method": _some_of(_RESPONSES | {"auto"}),
    "stack_method": _some_of(_RESPONSES | {"auto"}),
    "stack_method_": _some_of(_RESPONSES),
}
# Attributes that other classes use in another sense.
_NAMES_IN: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "_CalibratedClassifier": {"method": _one_of(_CALIBRATIONS)},
}


def validate_names(part: Any) -> None:
    """Each name by which scikit-learn chooses what to call is one that its own code sets.

    Args:
        part: an object whose class is in the table.

    Raises:
        UnsafePickleError: naming the attribute and the name.
    """
    names = {**NAMES, **_NAMES_IN.get(type(part).__name__, {})}
    for attribute, value in vars(part).items():
        if attribute in names and not names[attribute](value):
            shown = f"{value!r:.60}" if isinstance(value, str) else f"a {type(value).__name__}"
            raise UnsafePickleError(
                f"holds a {type(part).__name__} whose {attribute} is {shown}, which no honest "
                "model has"
            )


def validate_shadows(part: Any, *, is_custom: bool) -> None:
    """An object has no attribute that replaces one of its class: a method, or a constant.

    Constants choose what is called, too: an SVC's kind of machine, the selectors there are.

    Args:
        part: any object that has attributes.
        is_custom: whether its class is the operator's own: then it may replace constants.

    Raises:
        UnsafePickleError: naming the attribute.
    """
    kind = type(part)
    for attribute in vars(part):
        found = getattr(kind, attribute, _MISSING)
        if found is _MISSING or isdatadescriptor(found):
            continue
        is_method = callable(found) and not isinstance(found, type)
        if is_custom and not is_method:
            continue
        if not any((each.__name__, attribute) in _SHADOWS for each in kind.__mro__):
            word = "method" if is_method else "constant"
            raise UnsafePickleError(f"replaces the {word} {attribute} of a {kind.__name__}")
