"""Functions and types in containers, and arguments that functions must not be given."""

from functools import partial

import numpy as np
from sklearn.cluster._kmeans import _kmeans_single_lloyd
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.utils.validation import check_array

from tests.unit.jobs.pickles.altered.models import (
    ROWS,
    altered,
    before_a_classifier,
    fitted,
    honest,
)


def attacks(folder):
    """Each attack by its name."""
    yield from _containers()
    yield from _arguments()


def _containers():
    yield "a function in a dictionary", altered(honest("logistic"), notes={"f": np.negative})
    yield "a function in a list", altered(honest("logistic"), notes=[np.negative])
    yield "a function in a tuple", altered(honest("logistic"), notes=(1, (np.negative,)))
    yield "a function in a set", altered(honest("logistic"), notes={np.negative})
    yield "a function as a key", altered(honest("logistic"), notes={np.negative: 1})
    array = np.array([np.negative, _kmeans_single_lloyd], dtype=object)
    yield "functions in an array", altered(honest("logistic"), notes=array)
    yield "a class in a list", altered(honest("logistic"), notes=[LogisticRegression])
    yield (
        "a class in an array",
        altered(honest("logistic"), notes=np.array([StandardScaler, SVC], dtype=object)),
    )
    yield (
        "a function in a parameter",
        altered(honest("logistic"), class_weight={0: np.negative, 1: 1.0}),
    )
    yield "functions as estimators", altered(honest("voting"), estimators_=[np.log1p, np.exp])
    encoder = fitted(OneHotEncoder, handle_unknown="ignore")
    encoder.categories_[0] = np.array([np.negative] * 60, dtype=object)
    yield "functions as categories", before_a_classifier(encoder)
    hidden = FunctionTransformer(None, kw_args={"f": {"g": [np.negative]}})
    yield "a function in an argument", before_a_classifier(hidden)


def _arguments():
    for name, options in {
        "where": {"where": False},
        "where in an array": {"where": np.zeros(3, bool)},
        "out": {"out": [np.zeros((60, 3))]},
        "a data type": {"dtype": "O"},
        "a signature": {"signature": "d->d"},
        "a casting": {"casting": "unsafe", "dtype": np.int8},
        "an order": {"order": "F", "subok": False},
    }.items():
        yield (
            f"a function with {name}",
            before_a_classifier(FunctionTransformer(np.negative, kw_args=options)),
        )
    inverse = TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1)
    inverse.fit(ROWS, ROWS[:, 0])
    inverse.transformer_.inv_kw_args = {"where": False}
    yield "an inverse function with where", inverse
    yield "a text of an array", before_a_classifier(FunctionTransformer(np.str_))
    yield "bytes of an array", before_a_classifier(FunctionTransformer(np.void))
    yield "a function of two arrays", before_a_classifier(FunctionTransformer(np.divmod))
    for name, options in {
        "an estimator": {"estimator": honest("logistic")},
        "objects": {"dtype": object, "ensure_2d": False},
    }.items():
        yield (
            f"a check with {name}",
            before_a_classifier(FunctionTransformer(partial(check_array, **options))),
        )
    few = fitted(KNeighborsClassifier, algorithm="brute", n_neighbors=2)
    for name, parameters in {
        "norms in a list": {"Y_norm_squared": [0.0]},
        "norms in a list of lists": {"Y_norm_squared": [[0.0]]},
        "an unknown argument": {"func": 1},
    }.items():
        yield (
            f"a distance with {name}",
            altered(
                honest("k neighbors brute"),
                metric_params=parameters,
                effective_metric_params_=parameters,
                _fit_X=few._fit_X.repeat(2000, axis=0),
                n_samples_fit_=len(few._fit_X) * 2000,
                _y=few._y.repeat(2000, axis=0),
            ),
        )
    kernel = honest("kernel ridge")
    yield (
        "a kernel with an argument",
        altered(kernel, kernel_params={"out": np.zeros(1)}, kernel="cosine"),
    )
