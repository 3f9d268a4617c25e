"""Validates numbers that predict counts to, or takes memory for: they end, and fit what they count.

`fit` computes most of them from data, and a pickle can set them to anything. The test of this
module finds the numbers that the installed scikit-learn reads in predict and transform, so that a
new release's are noticed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jobs.pickles.validation.arrays import count_of, require

_MOST_COLUMNS = 1_000_000
_MOST_ROUNDS = 100_000
_MOST_THREADS = 1024
_MOST_FEATURES = 10_000_000

# The largest number of an attribute, in whichever class; negative ones count back from it.
MOST: Mapping[str, int] = {
    "_max_components": _MOST_FEATURES,
    "_n_components": _MOST_FEATURES,
    "_n_feature_outs": _MOST_FEATURES,
    "_n_features": _MOST_FEATURES,
    "_n_features_out": _MOST_FEATURES,
    "_n_threads": _MOST_THREADS,
    "_transform_max_iter": _MOST_ROUNDS,
    "max_doc_update_iter": _MOST_ROUNDS,
    "n_classes_": _MOST_FEATURES,
    "n_components_": _MOST_FEATURES,
    "n_estimators": _MOST_COLUMNS,
    "n_features_in_": _MOST_FEATURES,
    "n_features_out_": _MOST_COLUMNS,
    "n_features_with_missing_": _MOST_FEATURES,
    "n_iter_": _MOST_FEATURES,
    "n_jobs": _MOST_THREADS,
    "n_layers_": _MOST_ROUNDS,
    "n_neighbors_": _MOST_FEATURES,
    "n_outputs_": _MOST_COLUMNS,
    "n_targets": _MOST_ROUNDS,
    "n_threads": _MOST_THREADS,
    "n_trees_per_iteration_": _MOST_ROUNDS,
    "sample_steps": 100,
    "transform_max_iter": _MOST_ROUNDS,
    "transform_n_nonzero_coefs": _MOST_FEATURES,
}
# Of some classes only, because others use the name for what fit does and predict does not.
MOST_IN: Mapping[str, Mapping[str, int]] = {
    "IterativeImputer": {"max_iter": 10_000},
    "MiniBatchNMF": {"max_iter": _MOST_ROUNDS, "transform_max_iter": _MOST_ROUNDS},
    "NMF": {"max_iter": _MOST_ROUNDS},
    "PatchExtractor": {"max_patches": _MOST_COLUMNS, "patch_size": _MOST_ROUNDS},
    "PolynomialCountSketch": {"degree": 100, "n_components": _MOST_COLUMNS},
    "PolynomialFeatures": {"degree": 100, "_min_degree": 100, "_max_degree": 100},
    "SplineTransformer": {"degree": 100},
}


def validate_numbers(part: Any) -> None:
    """No number of an object makes predict count, or take memory, without end.

    Args:
        part: an object whose class is in the table.

    Raises:
        UnsafePickleError: naming the attribute.
    """
    most = {**MOST, **MOST_IN.get(type(part).__name__, {})}
    for attribute, value in vars(part).items():
        if attribute in most and not all(abs(each) <= most[attribute] for each in _numbers(value)):
            require(False, part, f"has a larger {attribute} than a model needs")


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        yield from (value.max(), value.min()) if value.size else ()
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, int | float | np.number):
        yield value


def validate_batches(components: Any) -> None:
    """IncrementalPCA transforms batches of at least one row."""
    if hasattr(components, "batch_size_"):
        require(count_of(components, components.batch_size_), components, "has batches of no rows")


def validate_imputer(imputer: Any) -> None:
    """IterativeImputer repeats each of its features as often as it says, and not more often."""
    if not hasattr(imputer, "imputation_sequence_"):
        return
    features = count_of(imputer, imputer.n_features_in_)
    rounds = count_of(imputer, imputer.n_iter_)
    require(rounds <= count_of(imputer, imputer.max_iter), imputer, "has more rounds than it may")
    sequence = imputer.imputation_sequence_
    require(len(sequence) <= rounds * features, imputer, "imputes more than its features")
    for each in sequence:
        indices = np.append(each.neighbor_feat_idx, each.feat_idx)
        fits = indices.dtype.kind == "i" and ((indices >= 0) & (indices < features)).all()
        require(fits, imputer, "imputes a feature that it has not")


def validate_sketch(sketch: Any) -> None:
    """PolynomialCountSketch hashes to the columns that it has, in each of its degrees."""
    if not hasattr(sketch, "indexHash_"):
        return
    columns, bits = sketch.indexHash_, sketch.bitHash_
    shape = (sketch.degree, sketch.n_features_in_ + (sketch.coef0 != 0))
    require(columns.shape == bits.shape == shape, sketch, "hashes other features")
    within = (columns >= 0) & (columns < sketch.n_components)
    require(within.all(), sketch, "hashes to a column that it has not")
