"""Which NumPy data types a pickle may describe: those that NumPy itself writes. Pure.

NumPy trusts a pickled data type. One that hides Python objects among its fields turns the bytes of
an array into pointers.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.pickles.errors import UnsafePickleError

_SIMPLE = re.compile(r"b1|[iu][1248]|f(?:2|4|8|16)|c(?:8|16|32)|[SU][0-9]{1,9}|[Mm]8|O8")
_STRUCTURED = re.compile(r"V[1-9][0-9]{0,5}")
_BYTE_ORDERS = {"<", ">", "|"}
_STATE_LENGTHS = {8, 9}


def dtype_from_arguments(arguments: tuple[Any, ...]) -> np.dtype[Any]:
    """The data type that the arguments of a pickled call of numpy.dtype describe.

    Raises:
        UnsafePickleError: when NumPy does not write such arguments.
    """
    match arguments:
        # The last argument asks for a copy: BUILD must not change NumPy's shared data types.
        case (str() as code, (False | 0), (True | 1)):
            if _SIMPLE.fullmatch(code) or _STRUCTURED.fullmatch(code):
                return np.dtype(code)
    raise UnsafePickleError(f"describes an array's type in an unknown way: {arguments!r:.80}")


def dtype_from_state(initial: np.dtype[Any], state: Any) -> np.dtype[Any]:
    """The data type that a pickled state completes.

    Args:
        initial: the result of `dtype_from_arguments`.
        state: (version, byte order, None, names, fields, size, alignment, flags[, metadata]).

    Raises:
        UnsafePickleError: when NumPy does not write such a state.
    """
    if not isinstance(state, tuple) or len(state) not in _STATE_LENGTHS:
        raise UnsafePickleError("gives an array's type an unknown state")
    make = _structured_dtype if initial.kind == "V" else _simple_dtype
    complete = make(initial, state)
    # NumPy takes size, alignment and flags from the state, so they must be right.
    if tuple(complete.__reduce__()[2])[5:8] != tuple(state[5:8]):
        raise UnsafePickleError(f"gives the type {complete} of an array a wrong size or flags")
    return complete


def _simple_dtype(initial: np.dtype[Any], state: tuple[Any, ...]) -> np.dtype[Any]:
    if state[1] not in _BYTE_ORDERS or state[2:5] != (None, None, None):
        raise UnsafePickleError(f"gives the type {initial} of an array an unknown state")
    if initial.kind in "Mm":
        return _datetime_dtype(initial, state)
    return initial.newbyteorder(state[1]) if state[1] != "|" else initial


def _datetime_dtype(initial: np.dtype[Any], state: tuple[Any, ...]) -> np.dtype[Any]:
    match state[8:]:
        case ((_, (bytes() as unit, int() as step, 1, 1)),) if unit.isalpha():
            return np.dtype(f"{initial.kind}8[{step}{unit.decode()}]").newbyteorder(state[1])
    raise UnsafePickleError("gives a date's type an unknown state")


def _structured_dtype(initial: np.dtype[Any], state: tuple[Any, ...]) -> np.dtype[Any]:
    names, fields = state[3], _field_entries(state[4])
    if state[1:3] != ("|", None) or not isinstance(names, tuple) or set(names) != set(fields):
        raise UnsafePickleError("gives a record's type an unknown state")
    formats = [_field(fields[name]) for name in names]
    layout = {
        "names": list(names),
        "formats": [dtype for dtype, _ in formats],
        "offsets": [offset for _, offset in formats],
        "itemsize": initial.itemsize,
    }
    try:
        return np.dtype(layout)  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError) as error:
        raise UnsafePickleError(f"describes a record that cannot be: {error}") from error


def _field_entries(fields: Any) -> Mapping[str, Any]:
    # A symbolic dictionary has `entries`.
    entries = getattr(fields, "entries", fields)
    if not isinstance(entries, Mapping) or not all(isinstance(name, str) for name in entries):
        raise UnsafePickleError("describes a record without fields")
    return entries


def _field(field: Any) -> tuple[np.dtype[Any], int]:
    match field:
        case (described, int() as offset):
            dtype = dtype_of(described)
            if dtype is not None and not dtype.hasobject and dtype.kind != "V":
                return dtype, offset
    raise UnsafePickleError("describes a record whose fields are not plain numbers or texts")


def dtype_of(value: Any) -> np.dtype[Any] | None:
    """The data type that a value is, or that a symbolic object represents; else None."""
    # A symbolic object has `dtype_`.
    value = getattr(value, "dtype_", value)
    return value if isinstance(value, np.dtype) else None


def is_plain_dtype(value: Any) -> bool:
    """Whether a value is, or represents, a data type without Python objects."""
    dtype = dtype_of(value)
    return dtype is not None and not dtype.hasobject
