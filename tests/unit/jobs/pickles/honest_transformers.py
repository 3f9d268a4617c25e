"""Honest transformers near the rules of validation: options that a rule looks at, in use."""

import numpy as np
from sklearn import (
    cluster,
    compose,
    decomposition,
    feature_extraction,
    feature_selection,
    impute,
    kernel_approximation,
    linear_model,
    pipeline,
    preprocessing,
)

_ridge = linear_model.Ridge


def _scaled():
    return pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression())


def transformers():
    """Transformers of three columns of numbers, by their names."""
    binned = preprocessing.KBinsDiscretizer(4, encode="ordinal", strategy="uniform")
    for name, options in {
        "infrequent": {"min_frequency": 10, "handle_unknown": "infrequent_if_exist"},
        "infrequent and dropped": {"max_categories": 3, "drop": "first"},
        "binary dropped": {"drop": "if_binary", "sparse_output": False},
        "ignored": {"handle_unknown": "ignore", "dtype": np.float32, "min_frequency": 0.1},
    }.items():
        yield name, pipeline.make_pipeline(binned, preprocessing.OneHotEncoder(**options))
    yield (
        "infrequent ordinal",
        pipeline.make_pipeline(
            binned,
            preprocessing.OrdinalEncoder(
                min_frequency=12, handle_unknown="use_encoded_value", unknown_value=-1
            ),
        ),
    )
    for name, options in {
        "powers between": {"degree": (2, 3)},
        "products only": {"degree": 2, "interaction_only": True, "include_bias": False},
        "cubes in columns": {"degree": 3, "order": "F"},
    }.items():
        yield name, preprocessing.PolynomialFeatures(**options)
    for name, options in {
        "periodic splines": {"extrapolation": "periodic"},
        "sparse splines": {"sparse_output": True, "include_bias": False},
        "linear splines": {"degree": 1, "n_knots": 3, "extrapolation": "linear"},
    }.items():
        yield name, preprocessing.SplineTransformer(**options)
    yield "function and inverse", preprocessing.FunctionTransformer(np.log1p, np.expm1)
    yield "function that is checked", preprocessing.FunctionTransformer(np.sqrt, validate=True)
    yield "conversion", preprocessing.FunctionTransformer(np.float32)
    yield (
        "union of weights",
        pipeline.FeatureUnion(
            [("one", decomposition.PCA(1)), ("two", "passthrough"), ("three", "drop")],
            transformer_weights={"one": 2.0},
        ),
    )
    yield "batches", decomposition.IncrementalPCA(2, batch_size=10)
    yield "topics", decomposition.LatentDirichletAllocation(2, random_state=0)
    yield "small batches", decomposition.MiniBatchNMF(2, tol=0.1, random_state=0)
    yield "sketch", kernel_approximation.PolynomialCountSketch(n_components=8, random_state=0)
    yield "kernel components", decomposition.KernelPCA(2, kernel="rbf", fit_inverse_transform=True)
    yield "distance to centers", cluster.KMeans(3, n_init=1, random_state=0)
    yield (
        "importances by path",
        feature_selection.SelectFromModel(
            compose.TransformedTargetRegressor(_ridge()), importance_getter="regressor_.coef_"
        ),
    )
    yield (
        "elimination in a pipeline",
        feature_selection.RFE(_scaled(), importance_getter="named_steps.logisticregression.coef_"),
    )
    yield "neighbors and indicator", impute.KNNImputer(add_indicator=True)


def texts():
    """Vectorizers of one column of texts, by their names."""
    text = feature_extraction.text
    yield "characters", text.CountVectorizer(analyzer="char_wb", ngram_range=(2, 4))
    yield "hyphens", text.TfidfVectorizer(token_pattern=r"[a-z]+(?:-[a-z]+)*", ngram_range=(1, 2))
    yield "own stop words", text.CountVectorizer(stop_words=["a", "no"], encoding="latin-1")
    yield "own words", text.CountVectorizer(vocabulary=["good", "bad", "day"])
