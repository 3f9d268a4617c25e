import numpy as np
import pytest

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.arrays import (
    count_of,
    require,
    require_array,
    require_within,
    validate_array,
)


def test_truth_values_are_bytes_of_0_or_1():
    broken = np.array([0, 2], dtype=np.uint8).view(bool)
    record = np.zeros(2, dtype=[("number", "u1"), ("flag", "?")])
    for array in (np.array([True, False]), np.array([0, 2], dtype=np.uint8), record):
        validate_array(array)
    record["flag"] = broken
    for array in (broken, record):
        with pytest.raises(UnsafePickleError, match="holds a ndarray that has truth values"):
            validate_array(array)


def test_indices_are_within_a_length():
    require_within(None, np.array([], dtype=int), 0)
    require_within(None, np.array([0, 4]), 5)
    with pytest.raises(UnsafePickleError, match="has entries outside of it"):
        require_within(None, np.array([5]), 5)


def test_a_flaw_names_the_type_of_the_part():
    require(np.True_, [], "is fine")
    with pytest.raises(UnsafePickleError, match="holds a list that is empty"):
        require([], [], "is empty")


def test_arrays_are_in_the_byte_order_of_this_machine():
    record = np.zeros(1, dtype=[("number", "<i4"), ("other", ">i4")])
    for array in (np.zeros(1, dtype=">f8"), record):
        with pytest.raises(UnsafePickleError, match="has the byte order of another machine"):
            validate_array(array)


@pytest.mark.parametrize("shape", [(2, 3), (2, None), (None, None)])
def test_an_array_of_numbers_has_its_shape(shape):
    require_array(None, np.zeros((2, 3)), shape, "is wrong")


@pytest.mark.parametrize(
    "array",
    [np.zeros((2, 2)), np.zeros(2), np.zeros((2, 3), dtype=object), [[0.0] * 3] * 2, None],
)
def test_another_array_is_refused(array):
    with pytest.raises(UnsafePickleError, match="is wrong"):
        require_array(None, array, (2, 3), "is wrong")


def test_a_count_is_an_integer_that_is_not_negative():
    assert count_of(None, 0) == 0
    assert count_of(None, np.int64(3)) == 3
    for value in (-1, 1.0, True, "1", None):
        with pytest.raises(UnsafePickleError, match="counts with something that is no number"):
            count_of(None, value)
