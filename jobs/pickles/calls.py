"""What a model may call, and with which arguments.

The same rules judge the scan's stand-ins and the loader's real objects, in which every name that
the pickle named appears as its `Global`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jobs.pickles.dtypes import described_dtype, dtype_of, is_plain
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.keys import check_key
from jobs.pickles.names import Global, Use

# The one function that scikit-learn itself wraps: gradient boosting of categories does.
PARTIAL_OF = "sklearn.utils.validation:check_array"

_ARRAY_BEGUN = ((0,), b"b")
_MASKED_ARRAY_BEGUN = ((0,), "b")
_VERBS = {Use.NEW: "make objects of", Use.CALL: "call"}
_BASES: Mapping[str, type] = {
    "builtins:object": type(None),
    "builtins:dict": dict,
    "builtins:tuple": tuple,
}


def require_use(target: Global, use: Use) -> None:
    """Refuse a use that the table does not allow."""
    if target.uses and use not in target.uses:
        raise UnsafePickleError(f"may name {target}, but must not {_VERBS[use]} it")


def check_call(target: Global, arguments: Any) -> None:
    """Refuse a call that honest models do not make."""
    require_use(target, Use.CALL)
    if type(arguments) is not tuple:
        raise UnsafePickleError(f"calls {target} with arguments that are no tuple")
    if not _is_proper_call(target, arguments):
        raise UnsafePickleError(f"calls {target} with arguments that no honest model gives")


def _is_proper_call(target: Global, arguments: tuple[Any, ...]) -> bool:
    if target.is_custom or not target.uses:
        return True
    if rule := _CALLS.get(target.key):
        return rule(arguments)
    if target.name.startswith("__pyx_unpickle_"):
        return _names_sibling(target, arguments)
    # A name among the arguments would be called by whoever expects a class or a function there.
    return not any(isinstance(each, Global) for each in arguments)


def _names_sibling(target: Global, arguments: tuple[Any, ...]) -> bool:
    own = target.name.removeprefix("__pyx_unpickle_")
    return _are(arguments[:1], f"{target.module}:{own}") and len(arguments) == 3  # noqa: PLR2004


def _are(values: tuple[Any, ...], *keys: str) -> bool:
    return [each.key if isinstance(each, Global) else None for each in values] == list(keys)


def _reconstructs_object(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (Global() as own, Global() as base, state) if base.key in _BASES:
            require_use(own, Use.NEW)
            return _begins_base(base.key, state)
    return False


def _begins_base(base: str, state: Any) -> bool:
    if base == "builtins:dict":
        # Filled by SETITEMS, whose keys are looked at; as here a stand-in has entries.
        return isinstance(state, dict) or hasattr(state, "entries")
    return isinstance(state, _BASES[base])


def _encodes_bytes(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (str(), "latin1" | "latin-1"):
            return True
    return False


def _begins_array(arguments: tuple[Any, ...]) -> bool:
    return _are(arguments[:1], "numpy:ndarray") and arguments[1:] == _ARRAY_BEGUN


def _begins_masked_array(arguments: tuple[Any, ...]) -> bool:
    named = _are(arguments[:2], "numpy.ma:MaskedArray", "numpy:ndarray")
    return named and arguments[2:] == _MASKED_ARRAY_BEGUN


def _gives_scalar(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (described, bytes() as content):
            kind = dtype_of(described)
            return kind is not None and not kind.hasobject and len(content) == kind.itemsize
    return False


def _gives_buffer(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (bytes() | bytearray(), described, tuple(), "C" | "F" | "K", *axes):
            return is_plain(described) and len(axes) <= 1 and _no_names(tuple(axes))
    return False


def _copies_bytes(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        # A number would ask for that many zero bytes.
        case () | (bytes() | bytearray(),) | (str(), "latin-1" | "latin1"):
            return True
    return False


def _fills_from_list(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case ():
            return True
        # Anything else could go on for ever.
        case (list() as members,):
            for member in members:
                check_key(member)
            return True
    return False


def _no_names(arguments: tuple[Any, ...]) -> bool:
    return not any(isinstance(each, Global) for each in arguments)


def _gives_random_state(arguments: tuple[Any, ...]) -> bool:
    constructor = _are(arguments[1:], "numpy.random._pickle:__bit_generator_ctor")
    return _no_names(arguments[:1]) and (len(arguments) == 1 or constructor)


def _gives_bit_generator(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case ("MT19937" | "PCG64",):
            return True
        case (Global(module=module),):
            return module in {"numpy.random._mt19937", "numpy.random._pcg64"}
    return False


def _begins_neighbors(arguments: tuple[Any, ...]) -> bool:
    match arguments:
        case (Global() as own,):
            return own.name.endswith(("KDTree", "BallTree", "Distance64"))
    return False


def _begins_empty(arguments: tuple[Any, ...]) -> bool:
    return arguments == ()


def _begins_with_factory(arguments: tuple[Any, ...]) -> bool:
    # The factory is called for each key that is asked for and missing: nothing but a dictionary.
    return _are(arguments, "collections:OrderedDict")


def _gives_numbers(arguments: tuple[Any, ...]) -> bool:
    return all(type(each) in {int, float, bool, type(None)} for each in arguments)


def _describes_dtype(arguments: tuple[Any, ...]) -> bool:
    return described_dtype(arguments) is not None


def _wraps_check(arguments: tuple[Any, ...]) -> bool:
    return _are(arguments, PARTIAL_OF)


_CALLS: Mapping[str, Callable[[tuple[Any, ...]], bool]] = {
    "_codecs:encode": _encodes_bytes,
    "builtins:bytearray": _copies_bytes,
    "builtins:bytes": _copies_bytes,
    "builtins:frozenset": _fills_from_list,
    "builtins:range": _gives_numbers,
    "builtins:set": _fills_from_list,
    "collections:OrderedDict": _begins_empty,
    "collections:defaultdict": _begins_with_factory,
    "copyreg:_reconstructor": _reconstructs_object,
    "functools:partial": _wraps_check,
    "numpy:dtype": _describes_dtype,
    "numpy._core.multiarray:_reconstruct": _begins_array,
    "numpy._core.multiarray:scalar": _gives_scalar,
    "numpy._core.numeric:_frombuffer": _gives_buffer,
    "numpy.ma.core:_mareconstruct": _begins_masked_array,
    "numpy.random._pickle:__bit_generator_ctor": _gives_bit_generator,
    "numpy.random._pickle:__generator_ctor": _gives_random_state,
    "numpy.random._pickle:__randomstate_ctor": _gives_random_state,
    "sklearn.metrics._dist_metrics:newObj": _begins_neighbors,
    "sklearn.neighbors._ball_tree:newObj": _begins_neighbors,
    "sklearn.neighbors._kd_tree:newObj": _begins_neighbors,
}
