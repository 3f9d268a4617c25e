"""Where which functions may be; test_objects.py has whole models that hold them elsewhere."""

from functools import partial

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor, make_column_selector
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import GridSearchCV, RepeatedKFold
from sklearn.model_selection._split import KFold
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.svm import SVC
from sklearn.utils.validation import check_array

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.functions import validate_function, validate_function_arguments
from jobs.pickles.validation.graph import Place

NAMES = default_names()


@pytest.mark.parametrize(
    ("part", "owner", "attribute"),
    [
        (np.log1p, FunctionTransformer, "func"),
        (np.expm1, TransformedTargetRegressor, "inverse_func"),
        (np.float32, FunctionTransformer, "func"),
        (partial(check_array), FunctionTransformer, "func"),
        (check_array, partial, "func"),
        (np.float64, partial, "keywords"),
        (np.float64, OneHotEncoder, "dtype"),
        (np.number, make_column_selector, "dtype_include"),
        (f_classif, SelectKBest, "score_func"),
        (KFold, RepeatedKFold, "cv"),
        (np.sqrt, GridSearchCV, "param_grid"),
        (f_classif, GridSearchCV, "cv_results_"),
        (np.ndarray, np.ma.MaskedArray, "_baseclass"),
        ("a text", SVC, "kernel"),
    ],
)
def test_functions_where_honest_models_have_them_are_valid(part, owner, attribute):
    validate_function(part, Place(owner, attribute), NAMES)


@pytest.mark.parametrize(
    ("part", "owner", "attribute", "name"),
    [
        (np.negative, SVC, "kernel", "numpy.negative as the kernel of a SVC"),
        (np.negative, SVC, "notes", "numpy.negative as the notes of a SVC"),
        (np.negative, None, "", "numpy.negative that belongs to no estimator"),
        (np.divmod, FunctionTransformer, "func", "numpy.divmod as the func"),
        (np.modf, FunctionTransformer, "func", "numpy.modf as the func"),
        (np.add, SelectKBest, "score_func", "numpy.add as the score_func of a SelectKBest"),
        (check_array, SVC, "kernel", r"sklearn\S+\.check_array as the kernel of a SVC"),
        (f_classif, FunctionTransformer, "func", r"sklearn\S+\.f_classif as the func"),
        (len, SVC, "kernel", "builtins.len as the kernel of a SVC"),
        (SVC, SVC, "kernel", "sklearn.svm._classes.SVC as the kernel of a SVC"),
        (KFold, GridSearchCV, "cv", r"sklearn\S+\.KFold as the cv of a GridSearchCV"),
        (np.float32, SVC, "kernel", "numpy.float32 as the kernel of a SVC"),
        (np.str_, FunctionTransformer, "func", "numpy.str_ as the func"),
        (np.void, FunctionTransformer, "func", "numpy.void as the func"),
        (str, FunctionTransformer, "func", "builtins.str as the func"),
    ],
)
def test_functions_elsewhere_are_refused(part, owner, attribute, name):
    with pytest.raises(UnsafePickleError, match=f"holds {name}"):
        validate_function(part, Place(owner, attribute), NAMES)


def test_a_custom_function_is_valid_everywhere():
    names = NAMES.with_custom(["builtins:len"])
    validate_function(len, Place(SVC, "kernel"), names)
    validate_function_arguments(FunctionTransformer(len, kw_args={"where": False}), names)


def test_a_custom_class_and_one_that_no_pickle_makes_may_hold_functions():
    validate_function(len, Place(SVC, "kernel"), NAMES.with_custom(["builtins:len"]))
    validate_function(len, Place(memoryview, "anything"), NAMES)


@pytest.mark.parametrize("function", [None, np.negative, np.float32, partial(check_array)])
@pytest.mark.parametrize("arguments", [{"where": False}, {"out": None}, {"dtype": "O"}])
def test_a_function_gets_its_array_and_nothing_else(function, arguments):
    validate_function_arguments(FunctionTransformer(function, kw_args={}), NAMES)
    name = next(iter(arguments))
    for options in ({"kw_args": arguments}, {"inv_kw_args": arguments}):
        transformer = FunctionTransformer(function, function, **options)
        with pytest.raises(UnsafePickleError, match=f"give its function the argument {name}"):
            validate_function_arguments(transformer, NAMES)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"dtype": None},
        {"dtype": [np.float64], "ensure_all_finite": False},
        {"dtype": "numeric", "ensure_all_finite": "allow-nan"},
    ],
)
def test_a_check_of_arrays_says_which_arrays(arguments):
    validate_function_arguments(FunctionTransformer(partial(check_array, **arguments)), NAMES)


@pytest.mark.parametrize(
    "check",
    [
        partial(check_array, dtype=object),
        partial(check_array, estimator=SVC()),
        partial(check_array, ensure_all_finite=7),
        partial(check_array, [[1.0]], dtype=None),
    ],
)
def test_a_check_of_arrays_with_other_arguments_is_refused(check):
    with pytest.raises(UnsafePickleError, match="holds a check of arrays with the argument"):
        validate_function_arguments(FunctionTransformer(check), NAMES)
