"""Which names a pickle may call, and with which arguments. Pure.

The scan applies these rules to symbolic objects and the loader to real ones; in both, each class or
function that the pickle named appears as its `Global`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from jobs.pickles.allowed_names import Global, Use
from jobs.pickles.allowed_states import PARTIAL_FUNCTION, require_allowed_key
from jobs.pickles.dtypes import dtype_from_arguments, dtype_of, is_plain_dtype
from jobs.pickles.errors import UnsafePickleError

_EMPTY_ARRAY = ((0,), b"b")
_EMPTY_MASKED_ARRAY = ((0,), "b")
_MAX_RANGE = 10_000
_MAX_TREE_WIDTH = 10_000_000
_USE_VERBS = {Use.NEW: "make objects of", Use.CALL: "call"}
_BASE_STATES: Mapping[str, type] = {
    "builtins:object": type(None),
    "builtins:dict": dict,
    "builtins:tuple": tuple,
}


def require_allowed_use(target: Global, use: Use) -> None:
    """Require a use that the table allows; a name that is not in the table passes.

    The scan reports unknown names itself, and the loader raises when it looks one up.

    Raises:
        UnsafePickleError: when the table does not allow it.
    """
    if target.uses and use not in target.uses:
        raise UnsafePickleError(f"may name {target}, but must not {_USE_VERBS[use]} it")


def require_allowed_call(target: Global, arguments: Any) -> None:
    """Require a call that honest models make.

    Args:
        target: the name that is called.
        arguments: the argument of REDUCE.

    Raises:
        UnsafePickleError: when they do not make it.
    """
    require_allowed_use(target, Use.CALL)
    if type(arguments) is not tuple:
        raise UnsafePickleError(f"calls {target} with arguments that are no tuple")
    if not _is_allowed_call(target, arguments):
        raise UnsafePickleError(f"calls {target} with arguments that no honest model gives")


def _is_allowed_call(target: Global, arguments: tuple[Any, ...]) -> bool:
    if target.is_custom or not target.uses:
        return True
    if rule := _CALLS.get(target.key):
        return rule(arguments)
    if target.name.startswith("__pyx_unpickle_"):
        return _is_cython_unpickle(target, arguments)
    # The target could call a class or a function among its arguments.
    return _has_no_names(arguments)


def _is_cython_unpickle(target: Global, arguments: tuple[Any, ...]) -> bool:
    class_name = target.name.removeprefix("__pyx_unpickle_")
    return _are_names(arguments[:1], f"{target.module}:{class_name}") and len(arguments) == 3  # noqa: PLR2004


def _are_names(values: tuple[Any, ...], *keys: str) -> bool:
    """Whether values are exactly these names, in this order."""
    return [each.key if isinstance(each, Global) else None for each in values] == list(keys)


def _is_reconstructor(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (Global() as kind, Global() as base, state) if base.key in _BASE_STATES:
            require_allowed_use(kind, Use.NEW)
            return _is_base_state(base.key, state)
    return False


def _is_base_state(base: str, state: Any) -> bool:
    if base == "builtins:dict":
        # A symbolic dictionary has `entries`. SETITEMS, which fills it, checks the keys.
        return isinstance(state, dict) or hasattr(state, "entries")
    return isinstance(state, _BASE_STATES[base])


def _is_latin1_encode(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (str(), "latin1" | "latin-1"):
            return True
    return False


def _is_empty_array(arguments: tuple[Any, ...]) -> bool:
    return _are_names(arguments[:1], "numpy:ndarray") and arguments[1:] == _EMPTY_ARRAY


def _is_empty_masked_array(arguments: tuple[Any, ...]) -> bool:
    named = _are_names(arguments[:2], "numpy.ma:MaskedArray", "numpy:ndarray")
    return named and arguments[2:] == _EMPTY_MASKED_ARRAY


def _is_scalar(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (described, bytes() as content):
            dtype = dtype_of(described)
            return dtype is not None and not dtype.hasobject and len(content) == dtype.itemsize
    return False


def _is_array_from_buffer(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (bytes() | bytearray(), described, tuple(), "C" | "F" | "K", *axes):
            return is_plain_dtype(described) and len(axes) <= 1 and _has_no_names(tuple(axes))
    return False


def _is_bytes_copy(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        # bytes(number) allocates that many zero bytes.
        case () | (bytes() | bytearray(),) | (str(), "latin-1" | "latin1"):
            return True
    return False


def _is_set_of_keys(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case ():
            return True
        # Another iterable could be endless.
        case (list() as members,):
            for member in members:
                require_allowed_key(member)
            return True
    return False


def _has_no_names(arguments: tuple[Any, ...]) -> bool:
    return not any(isinstance(each, Global) for each in arguments)


def _is_random_state(arguments: tuple[Any, ...]) -> bool:
    constructor = _are_names(arguments[1:], "numpy.random._pickle:__bit_generator_ctor")
    return _has_no_names(arguments[:1]) and (len(arguments) == 1 or constructor)


def _is_bit_generator(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case ("MT19937" | "PCG64",):
            return True
        case (Global(module=module),):
            return module in {"numpy.random._mt19937", "numpy.random._pcg64"}
    return False


def _is_neighbors_class(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (Global() as kind,):
            return kind.name.endswith(("KDTree", "BallTree", "Distance64"))
    return False


def _is_empty(arguments: tuple[Any, ...]) -> bool:
    return arguments == ()


def _is_dictionary_factory(arguments: tuple[Any, ...]) -> bool:
    # defaultdict calls its factory at each lookup of a missing key.
    return _are_names(arguments, "collections:OrderedDict")


def _is_range(arguments: tuple[Any, ...]) -> bool:
    # Nobody fills a longer one by hand, and whoever counts to its end may never get there.
    if not all(type(each) is int for each in arguments):
        return False
    try:
        return len(range(*arguments)) <= _MAX_RANGE
    except (OverflowError, TypeError, ValueError):
        return False


def _is_tree(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (int() as features, classes, int() as outputs):
            # A scan has no array here; compiled code takes memory for each output.
            fits = not isinstance(classes, np.ndarray) or classes.shape == (outputs,)
            are_counts = 0 < features <= _MAX_TREE_WIDTH and 0 < outputs <= _MAX_TREE_WIDTH
            return fits and are_counts and _has_no_names((classes,))
    return False


def _is_dtype(arguments: tuple[Any, ...]) -> bool:
    return dtype_from_arguments(arguments) is not None


def _is_wrapped_function(arguments: tuple[Any, ...]) -> bool:
    return _are_names(arguments, PARTIAL_FUNCTION)


_CALLS: Mapping[str, Callable[[tuple[Any, ...]], bool]] = {
    "_codecs:encode": _is_latin1_encode,
    "builtins:bytearray": _is_bytes_copy,
    "builtins:bytes": _is_bytes_copy,
    "builtins:frozenset": _is_set_of_keys,
    "builtins:range": _is_range,
    "builtins:set": _is_set_of_keys,
    "collections:OrderedDict": _is_empty,
    "collections:defaultdict": _is_dictionary_factory,
    "copyreg:_reconstructor": _is_reconstructor,
    "functools:partial": _is_wrapped_function,
    "numpy:dtype": _is_dtype,
    "numpy._core.multiarray:_reconstruct": _is_empty_array,
    "numpy._core.multiarray:scalar": _is_scalar,
    "numpy._core.numeric:_frombuffer": _is_array_from_buffer,
    "numpy.ma.core:_mareconstruct": _is_empty_masked_array,
    "numpy.random._pickle:__bit_generator_ctor": _is_bit_generator,
    "numpy.random._pickle:__generator_ctor": _is_random_state,
    "numpy.random._pickle:__randomstate_ctor": _is_random_state,
    "sklearn.metrics._dist_metrics:newObj": _is_neighbors_class,
    "sklearn.neighbors._ball_tree:newObj": _is_neighbors_class,
    "sklearn.neighbors._kd_tree:newObj": _is_neighbors_class,
    "sklearn.tree._tree:Tree": _is_tree,
}
