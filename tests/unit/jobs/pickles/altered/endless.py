"""Numbers that predict counts to, or takes memory for, and texts that it never ends to match."""

import numpy as np
from sklearn.decomposition import (
    NMF,
    DictionaryLearning,
    IncrementalPCA,
    LatentDirichletAllocation,
    MiniBatchNMF,
)
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.impute import IterativeImputer
from sklearn.kernel_approximation import AdditiveChi2Sampler, PolynomialCountSketch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, SplineTransformer, StandardScaler

from tests.unit.jobs.pickles.altered.models import (
    altered,
    before_a_classifier,
    fitted,
    honest,
)
from tests.unit.jobs.pickles.honest import FRAME, WORDS

_MUCH = 10**13


def attacks(folder):
    """Each attack by its name."""
    yield from _transformers()
    yield from _models()
    yield from _texts()


def _transformers():
    changes = {
        "steps of a sampler": (AdditiveChi2Sampler, {}, {"sample_steps": _MUCH}),
        "the degree of a sketch": (PolynomialCountSketch, {}, {"degree": 10**9}),
        "the width of a sketch": (PolynomialCountSketch, {}, {"n_components": _MUCH}),
        "the degree of powers": (PolynomialFeatures, {}, {"_max_degree": _MUCH}),
        "the width of powers": (PolynomialFeatures, {}, {"_n_out_full": _MUCH}),
        "the width of splines": (SplineTransformer, {}, {"n_features_out_": _MUCH}),
        "a batch of nothing": (IncrementalPCA, {}, {"batch_size_": 0}),
        "a batch below nothing": (IncrementalPCA, {}, {"batch_size_": -1}),
        "iterations of a factorisation": (
            NMF,
            {"n_components": 2, "max_iter": 500, "tol": 0.1},
            {"max_iter": _MUCH, "tol": 0.0},
        ),
        "iterations of small batches": (
            MiniBatchNMF,
            {"n_components": 2, "tol": 0.1},
            {"_transform_max_iter": _MUCH, "tol": 0.0},
        ),
        "iterations of topics": (
            LatentDirichletAllocation,
            {"n_components": 2},
            {"max_doc_update_iter": _MUCH, "mean_change_tol": 0.0},
        ),
        "iterations of a code": (
            DictionaryLearning,
            {"n_components": 2, "transform_algorithm": "lasso_cd", "max_iter": 20, "tol": 1.0},
            {"transform_max_iter": _MUCH, "transform_alpha": 0.0},
        ),
        "threads of a union": (FeatureUnion, {"transformer_list": None}, {"n_jobs": 10**6}),
    }
    for name, (kind, options, altering) in changes.items():
        if kind is FeatureUnion:
            transformer = FeatureUnion([("one", fitted(StandardScaler))])
        else:
            transformer = fitted(kind, **options)
        yield name, before_a_classifier(altered(transformer, **altering))
    imputer = fitted(IterativeImputer, max_iter=1, tol=1.0)
    imputer.imputation_sequence_ *= 10**5
    yield "rounds of an imputer", before_a_classifier(imputer)


def _models():
    yield "outputs of a constant", altered(fitted(DummyRegressor, "numbers"), n_outputs_=10**11)
    yield "targets of a process", altered(GaussianProcessRegressor(), n_targets=10**11)
    yield (
        "threads of a forest",
        altered(fitted(RandomForestClassifier, n_estimators=2), n_jobs=10**6),
    )
    yield (
        "estimators and threads of a bag",
        altered(fitted(BaggingClassifier, n_estimators=2), n_jobs=10**6, n_estimators=10**6),
    )
    yield "a negative number of threads", altered(honest("k neighbors kd tree"), n_jobs=-(10**9))
    votes = honest("voting")
    votes.estimators_[0] = altered(votes.estimators_[0], classes_=np.array([0, 10**11]))
    yield "votes for a far label", altered(votes, voting="hard")
    forest = honest("isolation forest")
    yield (
        "samples of an isolation forest",
        altered(forest, _max_samples=2.0**60, _max_features=2**60),
    )
    yield "layers without end", altered(honest("layers regressor"), n_layers_=_MUCH)
    yield (
        "a range among labels",
        altered(
            LogisticRegression(), classes_=range(10**12), coef_=np.zeros((1, 3)), intercept_=[0.0]
        ),
    )


def _texts():
    for name, options in {
        "characters below nothing": {"analyzer": "char", "ngram_range": (-(10**13), 1)},
        "words without end": {"ngram_range": (-(10**13), 10**13)},
        "a pattern that backtracks": {"token_pattern": r"(?:(?:a|a)*|b)*c"},
        "a pattern of nested repeats": {"token_pattern": r"(?:[a-z ]+)+!"},
        "a codec that is slow": {"encoding": "idna"},
    }.items():
        vectorizer = CountVectorizer()
        pipeline = make_pipeline(vectorizer, LogisticRegression()).fit(FRAME["text"], WORDS)
        altered(vectorizer, **options)
        yield name, pipeline
    hashing = HashingVectorizer(n_features=16)
    pipeline = make_pipeline(hashing, LogisticRegression()).fit(FRAME["text"], WORDS)
    yield (
        "the width of a hash",
        altered(
            pipeline, steps=[("hash", altered(hashing, n_features=2**31 - 1)), pipeline.steps[1]]
        ),
    )
