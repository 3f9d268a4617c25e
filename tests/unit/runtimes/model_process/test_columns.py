import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runtimes.model_process.columns import TYPES, ColumnError, decoded, encoded, stored

# A machine that does other things besides may take its time.
at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

VALUES = {
    pa.bool_(): st.booleans(),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(),
    pa.string(): st.text(),
}


@st.composite
def arrays(draw, rows=None):
    """An array of a storage type, sliced out of a longer one, with or without missing values."""
    kind = draw(st.sampled_from(list(VALUES)))
    values = st.none() | VALUES[kind] if draw(st.booleans()) else VALUES[kind]
    size = draw(st.integers(0, 40)) if rows is None else rows
    before, after = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    total = before + size + after
    content = draw(st.lists(values, min_size=total, max_size=total))
    return pa.array(content, kind).slice(before, size)


@st.composite
def tables(draw):
    rows = draw(st.integers(0, 40))
    return rows, draw(st.lists(arrays(rows), min_size=0, max_size=4))


def bits(numbers):
    return numbers.fill_null(0).to_numpy().tobytes()


def joined(columns):
    return b"".join(bytes(part) for part in encoded(columns))


def texts(*values):
    return pa.array(values, pa.string())


@at_leisure
@given(tables())
@example((0, [texts(), pa.array([], pa.int64()), pa.array([], pa.bool_())]))
@example((0, [texts("a", "b").slice(2), pa.array([1, 2]).slice(1, 0)]))
@example((2, [texts("a", "b", "c", "d").slice(1, 2), texts(None, "b", None).slice(1)]))
@example((3, [texts(None, None, None), texts("", "\0", "é\U0001f600")]))
@example((9, [pa.array([True] * 20).slice(3, 9), pa.array([None] * 9, pa.bool_())]))
def test_columns_are_read_as_they_were_written(table):
    rows, columns = table
    found = decoded(joined(columns), rows, len(columns))
    assert [each.type for each in found] == [each.type for each in columns]
    for before, after in zip(columns, found, strict=True):
        after.validate(full=True)
        # Bit for bit: a NaN is no equal of itself.
        assert before.is_null().equals(after.is_null())
        if before.type == pa.float64():
            assert bits(before) == bits(after)
        else:
            assert before.equals(after)


@at_leisure
@given(st.binary(max_size=200), st.integers(0, 20), st.integers(0, 3))
def test_any_bytes_are_columns_or_an_error(content, rows, count):
    try:
        found = decoded(content, rows, count)
    except ColumnError:
        return
    assert [len(each) for each in found] == [rows] * count
    for each in found:
        each.validate(full=True)
        assert len(each.to_pylist()) == rows


@at_leisure
@given(tables(), st.data())
def test_a_byte_that_is_changed_leaves_columns_or_an_error(table, draw):
    rows, columns = table
    content = bytearray(joined(columns))
    if content:
        position = draw.draw(st.integers(0, len(content) - 1))
        content[position] ^= draw.draw(st.integers(1, 255))
    try:
        found = decoded(content, rows, len(columns))
    except ColumnError:
        return
    for each in found:
        each.validate(full=True)
        assert len(each.to_pylist()) == rows


@at_leisure
@given(tables(), st.data())
def test_bytes_that_are_cut_are_an_error(table, draw):
    rows, columns = table
    content = joined(columns)
    if content:
        length = draw.draw(st.integers(0, len(content) - 1))
        with pytest.raises(ColumnError):
            decoded(content[:length], rows, len(columns))


@at_leisure
@given(tables())
def test_bytes_of_more_or_fewer_columns_are_an_error(table):
    rows, columns = table
    content = joined(columns)
    with pytest.raises(ColumnError):
        decoded(content, rows, len(columns) + 1)
    if columns:
        with pytest.raises(ColumnError):
            decoded(content, rows, len(columns) - 1)


def header(code, has_validity, size):
    return struct.pack(">cBQ", code, has_validity, size)


@pytest.mark.parametrize("offsets", [(0, 2, 1), (-1, 0, 2), (0, 1, 3), (3, 3, 3), (2**31 - 1,) * 3])
def test_texts_whose_offsets_lie_are_an_error(offsets):
    content = struct.pack("<3i", *offsets) + b"ab"
    with pytest.raises(ColumnError):
        decoded(header(b"s", 0, len(content)) + content, 2, 1)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80"])
def test_texts_that_are_no_utf_8_are_an_error(text):
    content = struct.pack("<2i", 0, len(text)) + text
    with pytest.raises(ColumnError):
        decoded(header(b"s", 0, len(content)) + content, 1, 1)


@pytest.mark.parametrize("code", [b"\0", b"x", b"\xff"])
def test_a_type_that_is_none_is_an_error(code):
    with pytest.raises(ColumnError):
        decoded(header(code, 0, 8) + bytes(8), 1, 1)


def test_a_size_past_the_end_is_an_error():
    with pytest.raises(ColumnError):
        decoded(header(b"i", 0, 2**64 - 1) + bytes(8), 1, 1)


def test_columns_do_not_change_when_the_bytes_do():
    content = bytearray(joined([pa.array([1, 2])]))
    (column,) = decoded(content, 2, 1)
    content[:] = b"\xff" * len(content)
    assert column.to_pylist() == [1, 2]


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (pa.array([1], pa.int8()), pa.int64()),
        (pa.array([1], pa.uint64()), pa.int64()),
        (pa.array([1], pa.float32()), pa.float64()),
        (pa.array(np.array([1], "f2")), pa.float64()),
        (pa.array([None, None]), pa.float64()),
        (pa.array(["a"], pa.large_string()), pa.string()),
        (pa.array(["a", "b"]).dictionary_encode(), pa.string()),
        (pa.array([True]), pa.bool_()),
    ],
)
def test_an_array_is_stored_in_the_type_that_holds_its_values(array, kind):
    assert stored(array).type == kind
    assert kind in TYPES.values()
    assert stored(array).to_pylist() == array.to_pylist()


def test_a_value_that_no_type_holds_is_an_error():
    with pytest.raises(pa.ArrowException):
        encoded([pa.array([2**63], pa.uint64())])


def test_an_array_in_chunks_is_one_column():
    chunks = pa.chunked_array([["a", None], [], ["b"]])
    content = b"".join(bytes(part) for part in encoded([chunks]))
    assert decoded(content, 3, 1)[0].to_pylist() == ["a", None, "b"]
