"""Which states and keys the rules let through; test_attacks.py has whole files that they refuse."""

from types import SimpleNamespace

import numpy as np
import pytest

from jobs.pickles.allowed_names import Global
from jobs.pickles.allowed_states import (
    PARTIAL_FUNCTION,
    array_size_bytes,
    require_allowed_key,
    require_allowed_state,
)
from jobs.pickles.errors import UnsafePickleError

FLOAT, OBJECT = np.dtype("f8"), np.dtype("O")
CHECK_ARRAY = Global(*PARTIAL_FUNCTION.split(":"))
NDARRAY = Global("numpy", "ndarray")


@pytest.mark.parametrize("key", ["a", 1, None, (), (1, "a"), (1,) * 64])
def test_a_key_that_hashes_quickly_is_allowed(key):
    require_allowed_key(key)


@pytest.mark.parametrize("key", [((),), (1, (2,)), (1,) * 65])
def test_nested_or_long_tuples_are_refused_as_keys(key):
    with pytest.raises(UnsafePickleError, match="uses nested tuples as keys"):
        require_allowed_key(key)


@pytest.mark.parametrize(
    ("maker", "state"),
    [
        ("sklearn.svm:SVC", {"C": 1.0, "_private": 2, "__half": 3}),
        ("sklearn.svm:SVC", SimpleNamespace(entries={"C": 1.0})),
        ("sklearn.svm:SVC", None),
        ("sklearn.tree._tree:Tree", (1, 2)),
        ("numpy:ndarray", (1, (2,), FLOAT, False, bytes(16))),
        ("numpy:ndarray", (1, (2, 0), FLOAT, False, b"")),
        ("numpy:ndarray", (1, (), OBJECT, False, ["a"])),
        ("numpy:ndarray", (1, (0,), np.dtype("S0"), False, b"")),
        ("numpy.ma:MaskedArray", (1, (1,), FLOAT, False, bytes(8), b"\0", None)),
        ("functools:partial", (CHECK_ARRAY, (), {"dtype": None}, None)),
    ],
)
def test_a_state_that_honest_models_give_is_allowed(maker, state):
    require_allowed_state(maker, state)


@pytest.mark.parametrize(
    ("maker", "state"),
    [
        ("numpy:ndarray", (1, (3,), FLOAT, False, bytes(16))),
        ("numpy:ndarray", (1, (-1,), FLOAT, False, b"")),
        ("numpy:ndarray", (1, (True,), FLOAT, False, bytes(8))),
        ("numpy:ndarray", (1, (2,), OBJECT, False, bytes(16))),
        ("numpy:ndarray", (1, (2,), OBJECT, False, ["a"])),
        ("numpy:ndarray", (1, (1,), FLOAT, False, ["a"])),
        ("numpy:ndarray", (1, (9,), np.dtype("S0"), False, b"")),
        ("numpy:ndarray", (1, (1,), "f8", False, bytes(8))),
        ("numpy:ndarray", {}),
        ("numpy.ma:MaskedArray", (1, (1,), OBJECT, False, [], b"\0", None)),
        ("functools:partial", (Global("os", "system"), (), {}, None)),
        ("functools:partial", (CHECK_ARRAY, ("a",), {}, None)),
        ("functools:partial", (CHECK_ARRAY, (), None, None)),
    ],
)
def test_another_state_of_an_array_or_a_partial_is_refused(maker, state):
    name = maker.partition(":")[2]
    with pytest.raises(UnsafePickleError, match=f"gives {name} a state that no honest model"):
        require_allowed_state(maker, state)


@pytest.mark.parametrize("name", ["__class__", "__setstate__", "__", 7])
def test_attributes_that_python_itself_calls_are_refused(name):
    for state in ({name: 1}, SimpleNamespace(entries={name: 1})):
        with pytest.raises(UnsafePickleError, match="sets the attribute"):
            require_allowed_state("sklearn.svm:SVC", state)


def test_a_state_of_slots_is_refused():
    with pytest.raises(UnsafePickleError, match="sets attributes behind an object's back"):
        require_allowed_state("sklearn.svm:SVC", (None, {"C": 1.0}))


def wrapper(**changes):
    state = {"subclass": NDARRAY, "shape": (2, 3), "order": "C", "dtype": FLOAT}
    return {**state, "allow_mmap": False, **changes}


def test_an_array_in_the_file_has_the_size_of_its_elements():
    assert array_size_bytes(wrapper()) == 48
    assert array_size_bytes(wrapper(shape=(), numpy_array_alignment_bytes=16)) == 8
    assert array_size_bytes(wrapper(shape=(0, 2**70))) == 0
    assert array_size_bytes(wrapper(dtype=OBJECT)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"subclass": Global("numpy", "memmap")},
        {"shape": (-1,)},
        {"shape": (True,)},
        {"shape": [2]},
        {"order": "K"},
        {"dtype": "f8"},
        {"dtype": np.dtype("S0")},
        {"allow_mmap": 1},
        {"numpy_array_alignment_bytes": 257},
        {"numpy_array_alignment_bytes": 0},
        {"read_array": NDARRAY},
    ],
)
def test_a_wrapper_that_joblib_does_not_write_is_refused(changes):
    with pytest.raises(UnsafePickleError, match="describes an array as joblib does not"):
        array_size_bytes(wrapper(**changes))
