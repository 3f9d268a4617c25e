"""Predictions as bytes, in a form that needs no parser: each column's buffers, of known lengths.

A column of n values is a type, a flag for missing values, and the buffers that Arrow defines for
it: a bitmap of the values that are present, and the values. The reader computes the length of each
buffer from n, so nothing that the writer says is an offset or a size that the reader relies on.

https://arrow.apache.org/docs/format/Columnar.html
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

_HEADER = struct.Struct(">cBQ")
_OFFSET_BYTES = 4

# One storage type for each type of a prediction.
TYPES = {
    b"b": pa.bool_(),
    b"i": pa.int64(),
    b"f": pa.float64(),
    b"s": pa.string(),
}
_CODES = {kind: code for code, kind in TYPES.items()}


def encoded(columns: Sequence[Any]) -> list[Any]:
    """Arrays as parts of a message; each has one of the storage types.

    Raises:
        pyarrow.ArrowException: when an array has no storage type that holds its values exactly.
    """
    parts: list[Any] = []
    for column in columns:
        array = stored(column)
        validity, *buffers = _own_buffers(array)
        content = [buffer for buffer in (validity, *buffers) if buffer is not None]
        size = sum(len(buffer) for buffer in content)
        parts.append(_HEADER.pack(_CODES[array.type], validity is not None, size))
        parts += content
    return parts


def stored(array: Any) -> Any:
    """An array in the storage type that holds its values exactly."""
    kind = array.type
    if isinstance(array, pa.ChunkedArray):  # Arrow makes it of many long texts
        return stored(pa.concat_arrays(array.chunks))
    if pa.types.is_dictionary(kind):
        return stored(array.dictionary_decode())
    if pa.types.is_integer(kind):
        return array.cast(pa.int64())
    if pa.types.is_floating(kind):
        return array.cast(pa.float64())
    if pa.types.is_null(kind):
        return array.cast(pa.float64())
    return array if pa.types.is_boolean(kind) else array.cast(pa.string())


def _own_buffers(array: Any) -> list[Any]:
    """The buffers of an array without offset, cut to its length."""
    if array.offset:
        array = pa.concat_arrays([array])
    if array.offset:
        array = array.take(pa.array(range(len(array))))
    rows = len(array)
    validity, values, *texts = array.buffers()
    if array.null_count == 0:
        validity = None
    if not texts:
        return [_cut(validity, _bits(rows)), _cut(values, _value_bytes(array.type, rows))]
    offsets = _cut(values, (rows + 1) * _OFFSET_BYTES)
    end = struct.unpack_from("<i", offsets, rows * _OFFSET_BYTES)[0] if rows else 0
    return [_cut(validity, _bits(rows)), offsets, _cut(texts[0], end)]


def _cut(buffer: Any, size: int) -> Any:
    if buffer is None:
        return None if size else b""
    return memoryview(buffer)[:size]


def _bits(rows: int) -> int:
    return (rows + 7) // 8


def _value_bytes(kind: Any, rows: int) -> int:
    return _bits(rows) if pa.types.is_boolean(kind) else rows * 8


class ColumnError(Exception):
    """The bytes are not the expected columns."""


def decoded(content: Any, rows: int, count: int) -> list[Any]:
    """`count` arrays of `rows` values each, from bytes that are not trusted.

    Raises:
        ColumnError: when the bytes are anything else.
    """
    view = memoryview(content).toreadonly()
    arrays = []
    for _ in range(count):
        array, view = _next(view, rows)
        arrays.append(array)
    if len(view):
        raise ColumnError("more columns than expected")
    return arrays


def _next(view: memoryview, rows: int) -> tuple[Any, memoryview]:
    if len(view) < _HEADER.size:
        raise ColumnError("fewer columns than expected")
    code, has_validity, size = _HEADER.unpack_from(view)
    rest = view[_HEADER.size :]
    if code not in TYPES or has_validity > 1 or size > len(rest):
        raise ColumnError("no column where one is expected")
    array = _array(TYPES[code], rest[:size], rows, has_validity=bool(has_validity))
    return array, rest[size:]


def _array(kind: Any, content: memoryview, rows: int, *, has_validity: bool) -> Any:
    sizes = [_bits(rows) if has_validity else 0]
    if pa.types.is_string(kind):
        sizes += [(rows + 1) * _OFFSET_BYTES]
        sizes += [len(content) - sum(sizes)]
    else:
        sizes += [_value_bytes(kind, rows)]
    if sizes[-1] < 0 or sum(sizes) != len(content):
        raise ColumnError("a column of another length than expected")
    buffers = _buffers(content, sizes)
    validity: Any | None = buffers[0] if has_validity else None
    try:
        array = pa.Array.from_buffers(kind, rows, [validity, *buffers[1:]])
        array.validate(full=True)
    except pa.ArrowException as error:
        raise ColumnError("a column that is malformed") from error
    return array


def _buffers(content: memoryview, sizes: Sequence[int]) -> list[Any]:
    # Copies, because Arrow wants buffers that begin at aligned addresses.
    buffers = []
    for size in sizes:
        buffers.append(pa.py_buffer(bytes(content[:size])))
        content = content[size:]
    return buffers
