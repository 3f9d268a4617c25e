"""Validates widths of outputs: where the output is longer than what is written, it shows memory.

scikit-learn takes memory for as many columns as an attribute says, and fills as many as another
attribute has. Where the two differ, what other programs left there becomes a prediction.
"""

from typing import Any

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.multiclass import _ConstantPredictor
from sklearn.preprocessing import PolynomialFeatures

from jobs.pickles.validation.arrays import count_of, require, require_array

_MAX_WIDTH = 1_000_000
_PLAIN = (str, bytes, int, float, bool, type(None), np.generic)


def validate_powers(powers: PolynomialFeatures) -> None:
    """The output is as wide as there are combinations of features."""
    if not hasattr(powers, "_n_out_full"):
        return
    degrees = (0, powers.degree) if isinstance(powers.degree, int | np.integer) else powers.degree
    require((powers._min_degree, powers._max_degree) == tuple(degrees), powers, "has other degrees")
    for name, least in (("_n_out_full", 0), ("n_output_features_", powers._min_degree)):
        width = PolynomialFeatures._num_combinations(
            n_features=count_of(powers, powers.n_features_in_),
            min_degree=least,
            max_degree=powers._max_degree,
            interaction_only=powers.interaction_only,
            include_bias=powers.include_bias,
        )
        require(getattr(powers, name) == width, powers, "has another width than its features give")
        require(width <= _MAX_WIDTH, powers, "has more columns than a model needs")


def validate_splines(splines: Any) -> None:
    """Each feature has a spline, and each spline has the same number of columns."""
    if not hasattr(splines, "bsplines_"):
        return
    features = count_of(splines, splines.n_features_in_)
    require(len(splines.bsplines_) == features, splines, "has splines of other features")
    for each in splines.bsplines_:
        are_plain = each.t.dtype == each.c.dtype == np.float64
        require(are_plain, splines, "has splines of other numbers")
    counts = {each.c.shape for each in splines.bsplines_}
    require(len(counts) == 1, splines, "has splines of other widths")
    is_degree = all(each.k == splines.degree for each in splines.bsplines_)
    require(is_degree, splines, "has splines of other degrees")
    width = features * (counts.pop()[1] - (not splines.include_bias))
    require(splines.n_features_out_ == width, splines, "has another width than its splines give")
    require(width <= _MAX_WIDTH, splines, "has more columns than a model needs")


def validate_constant(dummy: Any) -> None:
    """A dummy has a constant, or classes, for each of its outputs."""
    if not hasattr(dummy, "n_outputs_"):
        return
    outputs = count_of(dummy, dummy.n_outputs_)
    if isinstance(dummy, DummyRegressor):
        require(np.shape(dummy.constant_) == (1, outputs), dummy, "has other outputs than it says")
        return
    known = 1 if isinstance(dummy.classes_, np.ndarray) else len(dummy.classes_)
    require(known == outputs, dummy, "has other outputs than it says")


def validate_only_class(predictor: _ConstantPredictor) -> None:
    """The only class is one number, which predict repeats for each row."""
    if hasattr(predictor, "y_"):
        require_array(predictor, predictor.y_, (1,), "predicts several classes for a row")


def validate_chain(chain: Any) -> None:
    """The order names each estimator of a chain once."""
    if not hasattr(chain, "estimators_"):
        return
    order = np.asarray(chain.order_)
    fits = order.dtype.kind in "iu" and np.array_equal(
        np.sort(order), np.arange(len(chain.estimators_))
    )
    require(fits, chain, "has another order than its estimators")


def validate_mixture(mixture: Any) -> None:
    """Each component has a mean, a weight and a precision."""
    if not hasattr(mixture, "means_"):
        return
    components, features = mixture.means_.shape
    shapes: dict[str, tuple[int, ...]] = {
        "full": (components, features, features),
        "tied": (features, features),
        "diag": (components, features),
        "spherical": (components,),
    }
    lacking = "lacks numbers of a component"
    require(features == mixture.n_features_in_, mixture, "has means of other features")
    require_array(mixture, mixture.means_, (components, features), lacking)
    require_array(mixture, mixture.weights_, (components,), lacking)
    precisions = mixture.precisions_cholesky_
    require_array(mixture, precisions, shapes[mixture.covariance_type], lacking)


def validate_perceptron(perceptron: Any) -> None:
    """Each layer takes what the one before it gives."""
    if not hasattr(perceptron, "coefs_"):
        return
    weights, constants = perceptron.coefs_, perceptron.intercepts_
    layers = count_of(perceptron, perceptron.n_layers_)
    require(len(weights) == len(constants) == layers - 1, perceptron, "lacks a layer")
    width = perceptron.n_features_in_
    for weight, constant in zip(weights, constants, strict=True):
        require_array(perceptron, weight, (width, None), "has a layer of other widths")
        width = weight.shape[1]
        require_array(perceptron, constant, (width,), "has a layer of other widths")
    require(perceptron.n_outputs_ == width, perceptron, "has other outputs than it says")
    if (binarizer := getattr(perceptron, "_label_binarizer", None)) is not None:
        known = len(binarizer.classes_)
        fits = width == (1 if known <= 2 else known) or binarizer.y_type_.startswith("multilabel")  # noqa: PLR2004
        require(fits, perceptron, "has other outputs than classes")


def validate_voting(voting: Any) -> None:
    """Each estimator votes for classes that there are: votes are counted in an array by class."""
    if not hasattr(voting, "le_"):
        return
    known = len(voting.le_.classes_)
    for estimator in voting.estimators_:
        labels = np.asarray(estimator.classes_)
        fits = labels.dtype.kind in "iu" and ((labels >= 0) & (labels < known)).all()
        require(fits, voting, "lets an estimator vote for a class that it has not")


def validate_classes(estimator: Any) -> None:
    """Classes are arrays of plain labels, and as many as the estimator says."""
    classes = getattr(estimator, "classes_", None)
    if classes is None or "classes_" not in vars(estimator):
        return
    several = classes if isinstance(classes, list) else [classes]
    for each in several:
        is_array = isinstance(each, np.ndarray) and each.ndim == 1
        require(is_array, estimator, "has classes that are no array")
        require_plain(estimator, each)
    if (counts := vars(estimator).get("n_classes_")) is not None:
        given = np.atleast_1d(counts).tolist()
        lengths = [len(each) for each in several]
        require(given == lengths, estimator, "has another number of classes than it says")


def require_plain(part: Any, values: Any) -> None:
    """Require an array of numbers or texts: hashing or comparing other objects may never end.

    Raises:
        UnsafePickleError: when it has something else.
    """
    if values.dtype.hasobject:
        are_plain = all(isinstance(each, _PLAIN) for each in values.ravel().tolist())
        require(are_plain, part, "has values that are neither numbers nor texts")
