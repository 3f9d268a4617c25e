"""Output that is longer than what is written to it, so that it shows foreign memory."""

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures

from tests.unit.jobs.pickles.altered.models import (
    altered,
    before_a_classifier,
    fitted,
    honest,
)


def attacks(folder):
    """Each attack by its name."""
    yield (
        "powers that nobody computes",
        before_a_classifier(altered(fitted(PolynomialFeatures, degree=2), _n_out_full=10_000)),
    )
    yield (
        "powers of a lower degree",
        before_a_classifier(altered(fitted(PolynomialFeatures, degree=3), _max_degree=1)),
    )
    yield (
        "powers of a higher least degree",
        before_a_classifier(
            altered(fitted(PolynomialFeatures, degree=2), _min_degree=2, n_output_features_=9_999)
        ),
    )
    yield (
        "powers without a bias",
        before_a_classifier(altered(fitted(PolynomialFeatures, degree=2), include_bias=False)),
    )
    mixture = fitted(GaussianMixture, "none", n_components=3)
    yield (
        "precisions of one component",
        altered(mixture, precisions_cholesky_=mixture.precisions_cholesky_[:1]),
    )
    pipeline = honest("target encoder")
    encoder = pipeline[0].transformers_[0][1]
    encoder.encodings_ = [np.zeros(0), *encoder.encodings_[1:]][:1]
    yield "encodings that nobody computes", pipeline
    chain = honest("classifier chain")
    yield "an order that names an output twice", altered(chain, order_=np.array([0, 0]))
    for name, value in {"a number": 0, "a list": [False], "a truth value": np.False_}.items():
        yield (
            f"a function where {name}",
            before_a_classifier(FunctionTransformer(np.negative, kw_args={"where": value})),
        )
