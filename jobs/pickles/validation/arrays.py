"""Validates the bytes of arrays, and holds what every check of arrays here uses."""

from typing import Any

import numpy as np

from jobs.pickles.errors import UnsafePickleError


def require(condition: Any, part: Any, flaw: str) -> None:
    """Require a condition of a part of a model.

    Raises:
        UnsafePickleError: with the flaw, when the condition is false.
    """
    if not condition:
        raise UnsafePickleError(f"holds a {type(part).__name__} that {flaw}")


def require_within(part: Any, indices: Any, length: int) -> None:
    """Require an array of integer indices from 0 to below `length`.

    Raises:
        UnsafePickleError: when one is not.
    """
    is_array = isinstance(indices, np.ndarray) and indices.dtype.kind == "i"
    require(is_array, part, "has indices that are no integers")
    require(((indices >= 0) & (indices < length)).all(), part, "has entries outside of it")


def require_array(part: Any, array: Any, shape: tuple[int | None, ...], flaw: str) -> None:
    """Require an array of numbers of a shape; None stands for any length.

    Raises:
        UnsafePickleError: with the flaw, when it is none.
    """
    is_numeric = type(array) is np.ndarray and array.dtype.kind in "biuf" and array.dtype.isnative
    fits = is_numeric and array.ndim == len(shape)
    require(
        fits and all(n is None or n == m for n, m in zip(shape, array.shape, strict=True)),
        part,
        flaw,
    )


def count_of(part: Any, value: Any) -> int:
    """A count: an integer that is not negative.

    Raises:
        UnsafePickleError: when it is none.
    """
    is_count = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0
    require(is_count, part, "counts with something that is no number")
    return int(value)


def validate_array(array: Any) -> None:
    """Compiled code can take the bytes as they are.

    They are in the order of this machine, and every truth value is the byte 0 or 1, because NumPy
    counts truth values by adding the bytes.
    """
    for column in _columns(array):
        require(column.dtype.isnative, array, "has the byte order of another machine")
        if column.dtype.kind == "b":
            require((column.view(np.uint8) <= 1).all(), array, "has truth values beyond 1")


def _columns(array: Any) -> list[Any]:
    return [array[name] for name in array.dtype.names] if array.dtype.names else [array]
