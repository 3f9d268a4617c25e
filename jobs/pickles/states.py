"""Which states a model may give to its objects: the same for stand-ins and for real ones."""

from collections.abc import Callable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from jobs.pickles.calls import PARTIAL_OF
from jobs.pickles.dtypes import dtype_of
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.names import Global

if TYPE_CHECKING:
    import numpy as np

# What a scan says of an array whose bytes stood in the file.
ARRAY_IN_FILE = "joblib:array"

_WIDEST_ALIGNMENT = 256


def check_state(maker: str, state: Any) -> None:
    """Refuse a state that honest models do not give to an object.

    Args:
        maker: in a scan, what made the object; in the loader, its class: `module:name`.
        state: what BUILD hands over.
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
    check_attributes(state)


def check_attributes(state: Any) -> None:
    """Refuse attributes that Python itself would call, e.g. another __setstate__."""
    for name in _attributes(state) or ():
        if not isinstance(name, str) or (name.startswith("__") and name.endswith("__")):
            raise UnsafePickleError(f"sets the attribute {name!r:.80}")


def _attributes(state: Any) -> Mapping[Any, Any] | None:
    attributes = getattr(state, "entries", state)
    return attributes if isinstance(attributes, Mapping) else None


def _is_array(state: Any) -> bool:
    match state:
        case (int(), tuple() as shape, described, bool() | int(), bytes() | list() as content):
            return _fills(shape, dtype_of(described), content)
    return False


def _fills(
    shape: tuple[Any, ...], kind: "np.dtype[Any] | None", content: bytes | list[Any]
) -> bool:
    """Whether an array is filled by its content: NumPy reads beyond the end of a short list."""
    if kind is None or not all(type(length) is int and length >= 0 for length in shape):
        return False
    count = prod(shape)
    if kind.hasobject:
        return isinstance(content, list) and len(content) == count
    is_whole = isinstance(content, bytes) and len(content) == count * kind.itemsize
    return is_whole and (kind.itemsize > 0 or count == 0)


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


def _wraps_check_with_options(state: Any) -> bool:
    match state:
        case (Global(key=wrapped), (), options, None):
            return wrapped == PARTIAL_OF and _attributes(options) is not None
    return False


_STATES: Mapping[str, Callable[[Any], bool]] = {
    "functools:partial": _wraps_check_with_options,
    "numpy._core.multiarray:_reconstruct": _is_array,
    "numpy:ndarray": _is_array,
    "numpy.ma.core:_mareconstruct": _is_masked_array,
    "numpy.ma:MaskedArray": _is_masked_array,
}


def array_bytes(wrapper: Mapping[str, Any]) -> int:
    """How many bytes of an array follow, by the state of joblib's wrapper; -1 for objects.

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
            kind = dtype_of(described)
            aligned = rest.get("numpy_array_alignment_bytes")
            if kind is not None and kind.itemsize and _is_alignment(rest, aligned):
                return -1 if kind.hasobject else prod(shape) * kind.itemsize
    raise UnsafePickleError("describes an array as joblib does not")


def _is_alignment(rest: Mapping[str, Any], aligned: Any) -> bool:
    known = set(rest) <= {"numpy_array_alignment_bytes"}
    return known and (
        aligned is None or (type(aligned) is int and 0 < aligned <= _WIDEST_ALIGNMENT)
    )
