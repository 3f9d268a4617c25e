"""What objects may hold: which states BUILD may give, and which keys containers may have. Pure.

The scan applies these rules to symbolic objects and the loader to real ones; in both, each class or
function that the pickle named appears as its `Global`.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from jobs.pickles.allowed_names import Global
from jobs.pickles.dtypes import dtype_of
from jobs.pickles.errors import UnsafePickleError

if TYPE_CHECKING:
    import numpy as np

# All that scikit-learn wraps by functools.partial, in gradient boosting of categories.
PARTIAL_FUNCTION = "sklearn.utils.validation:check_array"

_MAX_KEY_LENGTH = 64
_MAX_ALIGNMENT_BYTES = 256


def require_allowed_key(key: Any) -> None:
    """Require a key that hashes quickly: the hash of nested tuples can take forever.

    Raises:
        UnsafePickleError: when the key is a tuple of tuples, or a long one.
    """
    if isinstance(key, tuple) and (
        len(key) > _MAX_KEY_LENGTH or any(isinstance(each, tuple) for each in key)
    ):
        raise UnsafePickleError("uses nested tuples as keys")


def require_allowed_state(maker: str, state: Any) -> None:
    """Require a state that honest models give to an object.

    Args:
        maker: `module:name`; in a scan of what made the object, in the loader of its class.
        state: the argument of BUILD.

    Raises:
        UnsafePickleError: when they do not.
    """
    if rule := _STATES.get(maker):
        if not rule(state):
            raise UnsafePickleError(
                f"gives {maker.partition(':')[2]} a state that no honest model gives"
            )
        return
    match state:
        case (_, slots) if _attributes(slots) is not None:
            raise UnsafePickleError("sets attributes behind an object's back")
    _require_allowed_attributes(state)


def _require_allowed_attributes(state: Any) -> None:
    # Python itself would call a dunder attribute, e.g. another __setstate__.
    for name in _attributes(state) or ():
        if not isinstance(name, str) or (name.startswith("__") and name.endswith("__")):
            raise UnsafePickleError(f"sets the attribute {name!r:.80}")


def _attributes(state: Any) -> Mapping[Any, Any] | None:
    """The dictionary that a state is; a symbolic dictionary has `entries`."""
    attributes = getattr(state, "entries", state)
    return attributes if isinstance(attributes, Mapping) else None


def _is_array(state: Any) -> bool:
    match state:
        case (int(), tuple() as shape, described, bool() | int(), bytes() | list() as content):
            return _fills(shape, dtype_of(described), content)
    return False


def _fills(
    shape: tuple[Any, ...], dtype: "np.dtype[Any] | None", content: bytes | list[Any]
) -> bool:
    """Whether the content fills an array exactly: NumPy reads beyond the end of a short list."""
    if dtype is None or not all(type(length) is int and length >= 0 for length in shape):
        return False
    count = prod(shape)
    if dtype.hasobject:
        return isinstance(content, list) and len(content) == count
    is_whole = isinstance(content, bytes) and len(content) == count * dtype.itemsize
    return is_whole and (dtype.itemsize > 0 or count == 0)


def _is_masked_array(state: Any) -> bool:
    match state:
        case (
            int(),
            tuple() as shape,
            described,
            bool() | int(),
            bytes() | list() as content,
            bytes(),
            _,
        ):
            return _fills(shape, dtype_of(described), content)
    return False


def _is_partial(state: Any) -> bool:
    match state:
        case (Global(key=wrapped), (), options, None):
            return wrapped == PARTIAL_FUNCTION and _attributes(options) is not None
    return False


_STATES: Mapping[str, Callable[[Any], bool]] = {
    "functools:partial": _is_partial,
    "numpy._core.multiarray:_reconstruct": _is_array,
    "numpy:ndarray": _is_array,
    "numpy.ma.core:_mareconstruct": _is_masked_array,
    "numpy.ma:MaskedArray": _is_masked_array,
}


def array_size_bytes(wrapper: Mapping[str, Any]) -> int | None:
    """Size of the array that follows the state of a joblib NumpyArrayWrapper in the file.

    None for an array of objects, which follows as a nested pickle.

    Raises:
        UnsafePickleError: when joblib does not write such a state.
    """
    match wrapper:
        case {
            "subclass": Global(key="numpy:ndarray"),
            "shape": tuple() as shape,
            "order": "C" | "F",
            "dtype": described,
            "allow_mmap": bool(),
            **rest,
        } if all(type(length) is int and length >= 0 for length in shape):
            dtype = dtype_of(described)
            alignment = rest.get("numpy_array_alignment_bytes")
            if dtype is not None and dtype.itemsize and _is_alignment(rest, alignment):
                return None if dtype.hasobject else prod(shape) * dtype.itemsize
    raise UnsafePickleError("describes an array as joblib does not")


def _is_alignment(rest: Mapping[str, Any], alignment: Any) -> bool:
    is_known = set(rest) <= {"numpy_array_alignment_bytes"}
    return is_known and (
        alignment is None or (type(alignment) is int and 0 < alignment <= _MAX_ALIGNMENT_BYTES)
    )
