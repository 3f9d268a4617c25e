"""Options of distances and kernels that reach compiled code."""

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import PairwiseKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.options import validate_options

NAMES = default_names()


def neighbors(options):
    estimator = KNeighborsClassifier(metric_params=options)
    estimator.effective_metric_params_ = options
    estimator.n_features_in_ = 2
    return estimator


@pytest.mark.parametrize(
    "options",
    [
        None,
        {},
        {"p": 3},
        {"p": 1.5, "w": [1.0, 2.0]},
        {"w": None},
        {"V": np.ones(2)},
        {"VI": np.eye(2)},
    ],
)
def test_parameters_of_a_distance_s_formula_are_valid(options):
    validate_options(neighbors(options), NAMES)


@pytest.mark.parametrize(
    "options",
    [
        {"Y_norm_squared": [0.0]},
        {"X_norm_squared": np.zeros(2)},
        {"out": None},
        {"p": [1, 2]},
        {"p": "2"},
        {"w": 1.0},
        {"w": [[1.0, 2.0]]},
        {"V": np.array([None, None])},
        {"w": {1: 2}},
        [("p", 2)],
    ],
)
def test_other_options_are_refused(options):
    with pytest.raises(UnsafePickleError, match="that no distance or kernel of honest models has"):
        validate_options(neighbors(options), NAMES)


def test_an_option_of_other_features_is_refused():
    for options in ({"w": [1.0] * 3}, {"VI": np.eye(3)}):
        with pytest.raises(UnsafePickleError, match="that is of other features"):
            validate_options(neighbors(options), NAMES)


def test_a_kernel_gets_numbers():
    validate_options(KernelRidge(kernel="rbf", kernel_params={"gamma": 0.1}), NAMES)
    validate_options(PairwiseKernel(pairwise_kernels_kwargs={"degree": 2}), NAMES)
    validate_options(Ridge(), NAMES)
    for options in ({"out": np.zeros(1)}, {"gamma": [1.0]}, {"dense_output": False}):
        with pytest.raises(UnsafePickleError, match="hands an option over"):
            validate_options(KernelRidge(kernel_params=options), NAMES)


def test_a_kernel_of_the_operator_gets_anything():
    names = NAMES.with_custom(["builtins:len"])
    validate_options(KernelRidge(kernel=len, kernel_params={"out": 1}), names)
