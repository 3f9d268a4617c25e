"""Numbers that predict counts to; and that we know all numbers that it reads."""

import ast
import inspect
import re
import textwrap
from functools import cache
from numbers import Integral
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.decomposition import IncrementalPCA
from sklearn.experimental import (  # noqa: F401  (their import is their effect)
    enable_halving_search_cv,
    enable_iterative_imputer,
)
from sklearn.impute import IterativeImputer
from sklearn.kernel_approximation import PolynomialCountSketch
from sklearn.utils import all_estimators
from sklearn.utils._param_validation import Interval

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation import iterations
from jobs.pickles.validation.iterations import MOST, MOST_IN, validate_numbers

ROWS = np.random.default_rng(0).random((20, 3))


@pytest.mark.parametrize(
    "attributes",
    [
        {"n_jobs": -1, "n_estimators": np.int64(500), "n_iter_": [3, 4]},
        {"n_jobs": None, "_n_features_out": 0, "n_classes_": np.array([2, 3])},
        {"max_iter": 10**9, "degree": 10**9, "random_state": 2**32 - 1},
    ],
)
def test_numbers_of_honest_models_are_valid(attributes):
    validate_numbers(SimpleNamespace(**attributes))


@pytest.mark.parametrize(
    "attributes",
    [
        {"n_jobs": 10**6},
        {"n_jobs": -(10**9)},
        {"n_classes_": [2, 10**12]},
        {"n_classes_": np.array([10**12])},
        {"n_outputs_": 1e300},
        {"n_estimators": float("nan")},
        {"sample_steps": 101},
    ],
)
def test_numbers_without_end_are_refused(attributes):
    name = next(iter(attributes))
    with pytest.raises(UnsafePickleError, match=f"has a larger {name} than a model needs"):
        validate_numbers(SimpleNamespace(**attributes))


def test_some_numbers_are_bounded_in_one_class_only():
    for name, numbers in MOST_IN.items():
        for attribute, most in numbers.items():
            part = type(name, (SimpleNamespace,), {})(**{attribute: (1, most)})
            validate_numbers(part)
            vars(part)[attribute] = most + 1
            with pytest.raises(UnsafePickleError, match=f"has a larger {attribute}"):
                validate_numbers(part)


@pytest.mark.parametrize("size", [0, -1, 1.0, None])
def test_batches_have_rows(size):
    components = IncrementalPCA(2).fit(ROWS)
    iterations.validate_batches(components)
    iterations.validate_batches(IncrementalPCA())
    components.batch_size_ = size
    with pytest.raises(UnsafePickleError, match=r"has batches of no rows|counts with something"):
        iterations.validate_batches(components)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"n_iter_": 10**6}, "has more rounds than it may"),
        ({"n_features_in_": 0}, "imputes more than its features"),
        ({"n_features_in_": 2, "n_iter_": 2, "max_iter": 2}, "imputes a feature that it has not"),
    ],
)
def test_an_imputer_ends(attributes, flaw):
    rows = ROWS.copy()
    rows[0] = np.nan
    imputer = IterativeImputer(max_iter=1, tol=1e9).fit(rows)
    iterations.validate_imputer(imputer)
    iterations.validate_imputer(IterativeImputer())
    vars(imputer).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        iterations.validate_imputer(imputer)


@pytest.mark.parametrize(
    ("attributes", "flaw"),
    [
        ({"degree": 100}, "hashes other features"),
        ({"coef0": 1}, "hashes other features"),
        ({"n_components": 1}, "hashes to a column that it has not"),
    ],
)
def test_a_sketch_has_its_columns(attributes, flaw):
    sketch = PolynomialCountSketch(random_state=0).fit(ROWS)
    iterations.validate_sketch(sketch)
    iterations.validate_sketch(PolynomialCountSketch())
    vars(sketch).update(attributes)
    with pytest.raises(UnsafePickleError, match=flaw):
        iterations.validate_sketch(sketch)


# Numbers that predict and transform read, and why none of them has to be bounded.
HARMLESS = {
    "_max_features": "trees.py",
    "_max_samples": "trees.py",
    "_max_value": "clips values",
    "_min_value": "clips values",
    "_n_features_outs": "encoders.py",
    "_n_out_full": "outputs.py",
    "_n_support": "estimators.py",
    "batch_size_": "validate_batches",
    "constant": "a label",
    "degree": "an exponent of a kernel",
    "degrees_of_freedom_": "a number of a distribution",
    "encoded_missing_value": "a value that is written",
    "k": "sliced",
    "max_bins": "categories.py has at most 256",
    "max_features": "sliced",
    "max_features_": "sliced",
    "max_value": "clips values",
    "min_": "an array that is added",
    "min_value": "clips values",
    "n_bins_": "clips values",
    "n_components": "divided by, or the rows of an array",
    "n_features": "vectorizers.py",
    "n_nearest_features": "only fit reads it",
    "n_neighbors": "neighbors.py, or the others choose from the rows that there are",
    "n_output_features_": "outputs.py",
    "n_samples_fit_": "neighbors.py",
    "n_support_": "estimators.py",
    "neg_label": "a label",
    "norm_order": "the order of a norm",
    "outlier_label": "a label",
    "pos_label": "a label",
    "unknown_value": "a value that is written",
}
ENTRIES = ("apply", "decision_function", "decision_path", "inverse_transform", "kneighbors")
ENTRIES += ("predict", "predict_log_proba", "predict_proba", "score_samples", "transform")
ENTRIES += ("get_feature_names_out",)
COUNTING = re.compile(r"_?(?:n|max|min)_.*|.*_iter_?|.*degree|.*batch.*|.*_steps")


def read_attributes(kind):
    """Attributes of an estimator that its methods of prediction read, and those they call."""
    pending, seen = [each for each in ENTRIES if hasattr(kind, each)], set()
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += _read(_function(kind, name))
    return seen


def _function(kind, name):
    found = next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None)
    found = getattr(found, "fget", None) or getattr(found, "fn", None) or found
    found = getattr(found, "__func__", found)
    return inspect.unwrap(found) if callable(found) else None


@cache
def _read(function):
    if not inspect.isfunction(function):
        return []
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "self"
    ]


def is_number(kind, name):
    rules = getattr(kind, "_parameter_constraints", {}).get(name, ())
    is_parameter = rules != "no_validation" and any(
        rule is Integral or (isinstance(rule, Interval) and rule.type is Integral) for rule in rules
    )
    is_method = inspect.isroutine(getattr(kind, name, None))
    return is_parameter or (COUNTING.fullmatch(name) and not is_method)


def test_every_number_that_the_installed_scikit_learn_reads_in_predict_is_known():
    unknown = {
        (kind.__name__, name)
        for _, kind in all_estimators()
        for name in read_attributes(kind)
        if is_number(kind, name)
        and name not in MOST.keys() | HARMLESS.keys() | MOST_IN.get(kind.__name__, {}).keys()
    }
    assert unknown == set(), "bound them in iterations.py, or say here why they are harmless"
