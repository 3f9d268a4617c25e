"""Where which functions may be; test_objects.py has whole models that hold them elsewhere."""

from functools import partial

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from sklearn.utils.validation import check_array

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.functions import validate_functions

NAMES = default_names()


@pytest.mark.parametrize(
    "part",
    [
        FunctionTransformer(np.log1p, inverse_func=np.expm1),
        FunctionTransformer(partial(check_array, dtype=None)),
        SelectKBest(f_classif),
        FunctionTransformer(kw_args={"dtype": np.float64}),
        {"out": None, "where": np.ones(2)},
        7,
    ],
    ids=["ufuncs", "partial", "scorer", "type", "options", "number"],
)
def test_functions_where_honest_models_have_them_are_valid(part):
    validate_functions(part, NAMES)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (SVC(kernel=np.negative), "numpy.negative as the kernel of a SVC"),
        (SVC(kernel=check_array), "sklearn.utils.validation.check_array as the kernel of a SVC"),
        (SVC(kernel=partial(check_array)), "sklearn.utils.validation.check_array as the kernel"),
        (SVC(kernel=len), "builtins.len as the kernel of a SVC"),
        (SVC(kernel=SVC), "sklearn.svm._classes.SVC as the kernel of a SVC"),
        (
            FunctionTransformer(f_classif),
            r"sklearn\S+\.f_classif as the func of a FunctionTransformer",
        ),
        (SelectKBest(np.add), "numpy.add as the score_func of a SelectKBest"),
    ],
)
def test_functions_elsewhere_are_refused(part, name):
    with pytest.raises(UnsafePickleError, match=f"holds {name}"):
        validate_functions(part, NAMES)


def test_types_of_numbers_are_valid_everywhere():
    validate_functions(SVC(kernel=np.float32, C=int), NAMES)


def test_a_custom_function_is_valid_everywhere():
    names = NAMES.with_custom(["builtins:len"])
    validate_functions(SVC(kernel=len), names)


@pytest.mark.parametrize("option", ["out", "X_norm_squared", "Y_norm_squared"])
def test_an_array_as_an_option_to_write_into_is_refused(option):
    validate_functions({option: 3}, NAMES)
    for value in (np.zeros(1), (np.zeros(1),), [None, np.zeros(1)]):
        with pytest.raises(UnsafePickleError, match=f"hands an array over as the option {option}"):
            validate_functions({option: value}, NAMES)
