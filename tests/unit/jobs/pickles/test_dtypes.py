"""Data types that NumPy pickles are understood exactly, and nothing else is."""

from types import SimpleNamespace

import numpy as np
import pytest

from jobs.pickles.dtypes import dtype_from_arguments, dtype_from_state, dtype_of, is_plain_dtype
from jobs.pickles.errors import UnsafePickleError

RECORD = np.dtype([("left", "<i8"), ("value", "<f8")])


@pytest.mark.parametrize(
    "dtype",
    [
        *(np.dtype(code) for code in ("b1", "<i8", ">i8", "u1", "<f4", "f2", "c16", "S3", "<U5")),
        *(np.dtype(code) for code in ("O", "M8[ns]", ">m8[25s]")),
        RECORD,
        np.dtype({"names": ["a"], "formats": ["i4"], "offsets": [4], "itemsize": 16}),
    ],
    ids=str,
)
def test_what_numpy_pickles_is_the_same_data_type(dtype):
    _, arguments, state = dtype.__reduce__()
    restored = dtype_from_state(dtype_from_arguments(arguments), state)
    assert restored == dtype
    assert restored.itemsize == dtype.itemsize


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("f8",),
        ("f8", False, False),  # NumPy's shared object, which BUILD would change
        ("f8,O", False, True),
        ("f7", False, True),
        ("V0", False, True),
        ("V1000000", False, True),
        ("S1234567890", False, True),
        (np.float64, False, True),
        ([("a", "O")], False, True),
    ],
)
def test_other_arguments_are_refused(arguments):
    with pytest.raises(UnsafePickleError, match="describes an array's type in an unknown way"):
        dtype_from_arguments(arguments)


@pytest.mark.parametrize(
    ("code", "state", "flaw"),
    [
        ("f8", (3, "<", None, None, None, -1, -1), "unknown state"),
        ("f8", [3, "<", None, None, None, -1, -1, 0], "unknown state"),
        ("f8", (3, "=", None, None, None, -1, -1, 0), "unknown state"),
        ("f8", (3, "<", ("f8", (2,)), None, None, -1, -1, 0), "unknown state"),
        ("f8", (3, "<", None, None, None, 4, -1, 0), "a wrong size or flags"),
        ("f8", (3, "<", None, None, None, -1, -1, 1), "a wrong size or flags"),
        ("O8", (3, "|", None, None, None, -1, -1, 0), "a wrong size or flags"),
        ("M8", (3, "<", None, None, None, -1, -1, 0), "a date's type"),
        ("M8", (3, "<", None, None, None, -1, -1, 0, ({}, (b"n;", 1, 1, 1))), "a date's type"),
        ("V8", (3, "|", None, ("a",), None, 8, 1, 0), "without fields"),
        ("V8", (3, "|", None, ("a",), {1: None}, 8, 1, 0), "without fields"),
        ("V8", (3, "|", None, ("b",), {"a": (np.dtype("f8"), 0)}, 8, 1, 16), "a record's type"),
        ("V8", (3, "|", None, ("a",), {"a": (np.dtype("O"), 0)}, 8, 1, 0), "not plain numbers"),
        ("V8", (3, "|", None, ("a",), {"a": (RECORD, 0)}, 8, 1, 0), "not plain numbers"),
        ("V8", (3, "|", None, ("a",), {"a": (np.dtype("f8"), 4)}, 8, 1, 0), "that cannot be"),
        (
            "V8",
            (3, "|", None, ("a",), {"a": (np.dtype("f8"), 0)}, 8, 1, 27),
            "a wrong size or flags",
        ),
    ],
)
def test_other_states_are_refused(code, state, flaw):
    initial = dtype_from_arguments((code, False, True))
    with pytest.raises(UnsafePickleError, match=flaw):
        dtype_from_state(initial, state)


def test_a_symbolic_object_is_the_data_type_that_it_represents():
    number, pointer = (SimpleNamespace(dtype_=np.dtype(code)) for code in ("f8", "O"))
    assert dtype_of(number) == dtype_of(np.dtype("f8")) == np.dtype("f8")
    assert dtype_of("f8") is None
    assert [is_plain_dtype(each) for each in (number, pointer, "f8")] == [True, False, False]
