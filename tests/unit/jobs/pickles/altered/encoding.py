"""Encoders whose groups, dropped categories, mappings or encodings do not fit their categories."""

import numpy as np
from sklearn.preprocessing import (
    KBinsDiscretizer,
    LabelBinarizer,
    OneHotEncoder,
    OrdinalEncoder,
)

from tests.unit.jobs.pickles.altered.models import altered, before_a_classifier, fitted, honest

_BINNED = np.repeat(np.arange(4.0), 15).reshape(-1, 1).repeat(3, axis=1)


def attacks(folder):
    """Each attack by its name."""
    yield from _one_hot()
    yield from _ordinal()
    yield from _others()


def _grouping(**options):
    encoder = OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist", **options)
    return encoder.fit(np.where(_BINNED > 1, 7.0, _BINNED))


def _one_hot():
    for name, changes in {
        "an infrequent category outside": {"_infrequent_indices": [np.array([10**9])] * 3},
        "a negative infrequent category": {"_infrequent_indices": [np.array([-1])] * 3},
        "too few groups": {"_infrequent_indices": [np.array([0])]},
        "groups that are off": {"_infrequent_enabled": False},
        "groups that are no truth value": {"_infrequent_enabled": np.ones(2)},
        "mappings without groups": {"_infrequent_indices": [None] * 3},
        "too few mappings": {"_default_to_infrequent_mappings": [None]},
        "a mapping that is longer": {"_default_to_infrequent_mappings": [np.arange(99)] * 3},
        "fewer columns": {"_n_features_outs": [1, 1, 1]},
        "columns without end": {"_n_features_outs": [10**9] * 3},
        "negative columns": {"_n_features_outs": [3, -3, 3]},
    }.items():
        yield name, before_a_classifier(altered(_grouping(), **changes))
    for name, dropped in {
        "a dropped category outside": [10**9] * 3,
        "a negative dropped category": [-(10**9)] * 3,
        "a dropped text": ["a"] * 3,
        "too few dropped categories": [0],
    }.items():
        encoder = OneHotEncoder(drop="first").fit(_BINNED)
        array = np.array(dropped, dtype=object)
        yield name, before_a_classifier(altered(encoder, _drop_idx_after_grouping=array))
    encoder = OneHotEncoder().fit(_BINNED)
    yield (
        "categories of two dimensions",
        before_a_classifier(altered(encoder, categories_=[np.ones((4, 4))] * 3)),
    )
    encoder = OneHotEncoder(sparse_output=False).fit(_BINNED)
    yield (
        "categories of fewer columns",
        before_a_classifier(
            altered(encoder, categories_=encoder.categories_[:1], _n_features_outs=[4, 4, 4])
        ),
    )


def _ordinal():
    for name, changes in {
        "a missing category outside": {"_missing_indices": {10**9: 0}},
        "a missing category of texts": {"_missing_indices": {"a": "b"}},
        "a mapping of an ordinal encoder": {
            "_infrequent_enabled": True,
            "_infrequent_indices": [np.array([9])] * 3,
            "_default_to_infrequent_mappings": [np.array([10**12] * 4)] * 3,
        },
    }.items():
        encoder = OrdinalEncoder().fit(_BINNED)
        yield name, before_a_classifier(altered(encoder, **changes))


def _others():
    bins = fitted(KBinsDiscretizer, n_bins=3, quantile_method="averaged_inverted_cdf")
    yield (
        "bins of other encoders",
        before_a_classifier(
            altered(bins, _encoder=altered(bins._encoder, _n_features_outs=[1, 1, 1]))
        ),
    )
    model = honest("perceptron layers")
    labels = LabelBinarizer().fit([0, 1, 2])
    yield "a binarizer of other labels", altered(model, _label_binarizer=labels)
    for name, change in {
        "encodings of fewer features": lambda encodings: encodings[:1],
        "encodings of fewer categories": lambda encodings: [each[:0] for each in encodings],
        "encodings of objects": lambda encodings: [each.astype(object) for each in encodings],
        "no encodings": lambda _: [],
    }.items():
        pipeline = honest("target encoder")
        encoder = pipeline[0].transformers_[0][1]
        encoder.encodings_ = change(encoder.encodings_)
        yield name, pipeline
    pipeline = honest("target encoder")
    encoder = pipeline[0].transformers_[0][1]
    altered(encoder, target_type_="multiclass", classes_=np.arange(10**7))
    yield "encodings of other classes", pipeline
