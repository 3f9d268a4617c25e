"""Histogram gradient boosting whose predictors, bins, columns or first predictions do not fit."""

import numpy as np
from sklearn.preprocessing import OrdinalEncoder

from tests.unit.jobs.pickles.altered.models import altered, honest, without


def attacks(folder):
    """Each attack by its name."""
    yield from _shapes()
    yield from _categories()
    yield from _columns()


def _shapes():
    model = honest("hist boosting")
    yield "binned rows", altered(model, _in_fit=True)
    model = honest("hist boosting")
    yield "other first predictions", altered(model, _baseline_prediction=np.zeros((1, 10**6)))
    model = honest("three class hist")
    yield "fewer columns than trees", altered(model, n_trees_per_iteration_=1)
    model = honest("hist boosting")
    yield (
        "an endless number of columns",
        altered(model, n_trees_per_iteration_=10**10, _baseline_prediction=np.zeros((1, 1))),
    )
    model = honest("hist boosting")
    yield "no number of features", without(model, "n_features_in_")
    model = honest("hist boosting")
    yield "predictors of two levels", altered(model, _predictors=[model._predictors])
    model = honest("hist boosting")
    yield "a predictor that is an estimator", altered(model, _predictors=[[honest("ridge")]])
    model = honest("hist boosting")
    model._predictors[0][0].nodes["depth"][:] = 255
    model._predictors[0][0].nodes["is_leaf"][:] = 0
    yield "nodes without a leaf", model
    model = honest("hist boosting")
    altered(model._predictors[0][0], raw_left_cat_bitsets=np.zeros((0, 1), dtype=np.uint32))
    yield "bits of other widths", model
    model = honest("hist boosting")
    yield "a loss of other classes", altered(model, _loss=honest("three class hist")._loss)


def _categories():
    for name, thresholds in {
        "categories beyond a byte": np.array([0.0, 1e9]),
        "negative categories": np.array([-1.0, -1e9]),
        "an endless range of categories": range(10**15),
        "too many categories": np.zeros(10**6),
    }.items():
        model = honest("categorical hist")
        index = int(np.flatnonzero(model._bin_mapper.is_categorical_)[0])
        model._bin_mapper.bin_thresholds_[index] = thresholds
        yield name, model
    model = honest("hist boosting")
    altered(model._bin_mapper, is_categorical_=np.ones(10**7, dtype=np.uint8))
    yield "many features with categories", model
    model = honest("hist boosting")
    yield "bins of an estimator", altered(model, _bin_mapper=honest("ridge"))


def _columns():
    model = honest("categorical hist")
    names = model._preprocessor._transformer_to_input_indices
    model._preprocessor._transformer_to_input_indices = {
        name: list(indices)[:1] for name, indices in names.items()
    }
    yield "columns by another dictionary", model
    model = honest("categorical hist")
    transformers = model._preprocessor.transformers_
    model._preprocessor.transformers_ = [
        (name, transformer, slice(0, 0)) for name, transformer, _ in transformers
    ]
    yield "columns by empty slices", model
    model = honest("categorical hist")
    model._preprocessor.transformers_ = [
        (name, "drop" if index else transformer, selected)
        for index, (name, transformer, selected) in enumerate(transformers)
    ]
    yield "columns that are dropped", model
    model = honest("hist boosting")
    encoder = OrdinalEncoder().fit(np.zeros((2, 1)))
    yield "an encoder that prepares", altered(model, _preprocessor=encoder)
