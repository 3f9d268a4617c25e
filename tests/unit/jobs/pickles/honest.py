"""Honest models, as a data scientist uploads them, fitted in a few seconds."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn import (
    calibration,
    cluster,
    compose,
    cross_decomposition,
    decomposition,
    discriminant_analysis,
    dummy,
    ensemble,
    feature_extraction,
    feature_selection,
    gaussian_process,
    impute,
    isotonic,
    kernel_approximation,
    kernel_ridge,
    linear_model,
    mixture,
    model_selection,
    multiclass,
    multioutput,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    random_projection,
    semi_supervised,
    svm,
    tree,
)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (its import is its effect)

from tests.unit.jobs.pickles import honest_transformers, honest_variants

ROWS = 60
NUMBERS = ["age", "fare", "size"]
CATEGORIES = ["sex", "port"]


@dataclass(frozen=True)
class Honest:
    """A fitted estimator and rows that it can score."""

    estimator: Any
    rows: Any


def frame():
    random = np.random.default_rng(7)
    numbers = pd.DataFrame(random.random((ROWS, 3)), columns=NUMBERS)
    return numbers.assign(
        sex=random.choice(["female", "male"], ROWS),
        port=random.choice(["C", "Q", "S"], ROWS),
        text=random.choice(["a good day", "a bad day", "no day at all"], ROWS),
    )


FRAME = frame()
LABELS = np.random.default_rng(8).integers(0, 2, ROWS)
WORDS = np.where(LABELS == 1, "yes", "no")
THREE = np.arange(ROWS) % 3
TARGET = FRAME["age"] * 2 + FRAME["fare"]


def _columns(**kinds):
    named = [(name, transformer, columns) for name, (transformer, columns) in kinds.items()]
    return compose.ColumnTransformer(named)


def _preparation():
    numbers = pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler())
    categories = preprocessing.OneHotEncoder(handle_unknown="ignore")
    return _columns(numbers=(numbers, NUMBERS), categories=(categories, CATEGORIES))


def _forest(kind=ensemble.RandomForestClassifier, **options):
    return kind(n_estimators=3, max_depth=3, random_state=0, **options)


def _classifiers():
    logistic = linear_model.LogisticRegression
    yield "logistic", logistic()
    yield "random forest", _forest()
    yield "extra trees", _forest(ensemble.ExtraTreesClassifier)
    yield "gradient boosting", _forest(ensemble.GradientBoostingClassifier)
    yield "hist boosting", ensemble.HistGradientBoostingClassifier(max_iter=3)
    yield "ada", ensemble.AdaBoostClassifier(n_estimators=3)
    yield "bagging", ensemble.BaggingClassifier(n_estimators=3)
    yield "bagged columns", ensemble.BaggingClassifier(logistic(), n_estimators=3, max_features=2)
    yield "decision tree", tree.DecisionTreeClassifier(max_depth=3)
    yield "extra tree", tree.ExtraTreeClassifier(max_depth=3)
    yield "svc", svm.SVC()
    yield "nu svc", svm.NuSVC(nu=0.3)
    yield "linear svc", svm.LinearSVC()
    yield "calibrated sigmoid", calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=2)
    yield (
        "calibrated isotonic",
        calibration.CalibratedClassifierCV(_forest(), method="isotonic", cv=2),
    )
    yield "k neighbors brute", neighbors.KNeighborsClassifier(3, algorithm="brute")
    yield "k neighbors kd tree", neighbors.KNeighborsClassifier(3, algorithm="kd_tree")
    yield "k neighbors ball tree", neighbors.KNeighborsClassifier(3, algorithm="ball_tree")
    yield (
        "k neighbors manhattan",
        neighbors.KNeighborsClassifier(3, algorithm="ball_tree", metric="manhattan"),
    )
    yield "radius neighbors", neighbors.RadiusNeighborsClassifier(2.0)
    yield "nearest centroid", neighbors.NearestCentroid()
    yield "perceptron", linear_model.Perceptron()
    yield "sgd", linear_model.SGDClassifier(loss="log_loss")
    yield "sgd huber", linear_model.SGDClassifier(loss="modified_huber", random_state=1)
    yield "passive aggressive", linear_model.SGDClassifier(loss="squared_hinge")
    yield "ridge classifier", linear_model.RidgeClassifier()
    yield (
        "logistic cv",
        linear_model.LogisticRegressionCV(
            cv=2, Cs=2, l1_ratios=(0.0,), use_legacy_attributes=False, scoring="accuracy"
        ),
    )
    yield "gaussian bayes", naive_bayes.GaussianNB()
    yield "bernoulli bayes", naive_bayes.BernoulliNB()
    yield "multinomial bayes", naive_bayes.MultinomialNB()
    yield "complement bayes", naive_bayes.ComplementNB()
    yield "linear discriminant", discriminant_analysis.LinearDiscriminantAnalysis()
    yield (
        "quadratic discriminant",
        discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1),
    )
    yield "perceptron layers", neural_network.MLPClassifier((4,), max_iter=400, tol=0.1)
    yield (
        "gaussian process",
        gaussian_process.GaussianProcessClassifier(
            1.0 * gaussian_process.kernels.RBF(), optimizer=None
        ),
    )
    yield "dummy", dummy.DummyClassifier()
    yield "label propagation", semi_supervised.LabelPropagation()
    yield "one vs rest", multiclass.OneVsRestClassifier(logistic())
    yield "one vs one", multiclass.OneVsOneClassifier(logistic())
    yield "grid search", model_selection.GridSearchCV(logistic(), {"C": [0.1, 1]}, cv=2)
    yield (
        "grid search scored",
        model_selection.GridSearchCV(
            logistic(), {"C": [0.1, 1]}, cv=model_selection.StratifiedKFold(2), scoring="roc_auc"
        ),
    )
    yield (
        "random search",
        model_selection.RandomizedSearchCV(
            logistic(), {"C": [0.1, 1, 2]}, n_iter=2, cv=2, random_state=np.random.RandomState(0)
        ),
    )
    yield "tuned threshold", model_selection.TunedThresholdClassifierCV(logistic(), cv=2)
    yield "fixed threshold", model_selection.FixedThresholdClassifier(logistic(), threshold=0.4)
    yield "stacking", ensemble.StackingClassifier([("one", logistic()), ("two", _forest())], cv=2)
    yield (
        "voting",
        ensemble.VotingClassifier(
            [("one", logistic()), ("two", naive_bayes.GaussianNB())], voting="soft"
        ),
    )


def _regressors():
    ridge = linear_model.Ridge
    yield "linear", linear_model.LinearRegression()
    yield "ridge", ridge()
    yield "ridge cv", linear_model.RidgeCV()
    yield "lasso", linear_model.Lasso(0.01)
    yield "elastic net cv", linear_model.ElasticNetCV(cv=2, alphas=3)
    yield "lars", linear_model.Lars()
    yield "bayesian ridge", linear_model.BayesianRidge()
    yield "huber", linear_model.HuberRegressor()
    yield "ransac", linear_model.RANSACRegressor(random_state=0)
    yield "theil sen", linear_model.TheilSenRegressor(max_subpopulation=20)
    yield "quantile", linear_model.QuantileRegressor(alpha=0.01)
    yield "poisson", linear_model.PoissonRegressor()
    yield "gamma", linear_model.GammaRegressor()
    yield "tweedie", linear_model.TweedieRegressor(power=1.5)
    yield "sgd regressor", linear_model.SGDRegressor()
    yield "forest regressor", _forest(ensemble.RandomForestRegressor)
    yield "forest absolute", _forest(ensemble.RandomForestRegressor, criterion="absolute_error")
    yield "boosting regressor", _forest(ensemble.GradientBoostingRegressor)
    yield "boosting quantile", _forest(ensemble.GradientBoostingRegressor, loss="quantile")
    yield "hist poisson", ensemble.HistGradientBoostingRegressor(loss="poisson", max_iter=3)
    yield (
        "hist quantile",
        ensemble.HistGradientBoostingRegressor(loss="quantile", quantile=0.9, max_iter=3),
    )
    yield "ada regressor", ensemble.AdaBoostRegressor(n_estimators=3)
    yield "svr", svm.SVR()
    yield "linear svr", svm.LinearSVR()
    yield "kernel ridge", kernel_ridge.KernelRidge(kernel="rbf")
    yield "neighbors regressor", neighbors.KNeighborsRegressor(3)
    yield (
        "process regressor",
        gaussian_process.GaussianProcessRegressor(
            gaussian_process.kernels.Matern() + gaussian_process.kernels.WhiteKernel(),
            optimizer=None,
        ),
    )
    yield (
        "layers regressor",
        neural_network.MLPRegressor(hidden_layer_sizes=(4,), max_iter=400, tol=0.1),
    )
    yield (
        "target logarithm",
        compose.TransformedTargetRegressor(ridge(), func=np.log1p, inverse_func=np.expm1),
    )
    yield (
        "target quantiles",
        compose.TransformedTargetRegressor(
            ridge(), transformer=preprocessing.QuantileTransformer(n_quantiles=9)
        ),
    )
    yield "partial least squares", cross_decomposition.PLSRegression(2)
    yield "stacking regressor", ensemble.StackingRegressor([("one", ridge())], cv=2)
    yield "voting regressor", ensemble.VotingRegressor([("one", ridge())])
    yield (
        "grid regressor",
        model_selection.GridSearchCV(
            ridge(),
            {"alpha": [1, 2]},
            scoring="neg_mean_absolute_error",
            cv=model_selection.KFold(2),
        ),
    )


def _unsupervised():
    yield "isolation forest", ensemble.IsolationForest(n_estimators=3, random_state=0)
    yield "isolation columns", ensemble.IsolationForest(n_estimators=3, max_features=2)
    yield "one class svm", svm.OneClassSVM()
    yield "sgd one class", linear_model.SGDOneClassSVM()
    yield "k means", cluster.KMeans(2, n_init=1, random_state=0)
    yield "mini batches", cluster.MiniBatchKMeans(2, n_init=1, random_state=0)
    yield "bisecting", cluster.BisectingKMeans(2, random_state=0)
    yield "mean shift", cluster.MeanShift()
    yield "affinity", cluster.AffinityPropagation(random_state=0)
    yield "birch", cluster.Birch(threshold=0.1, n_clusters=2)
    yield "mixture", mixture.GaussianMixture(2, random_state=0)
    yield "bayesian mixture", mixture.BayesianGaussianMixture(n_components=2, random_state=0)


def _transformers():
    scaled = preprocessing
    yield "min max", scaled.MinMaxScaler()
    yield "robust", scaled.RobustScaler()
    yield "power", scaled.PowerTransformer()
    yield "quantiles", scaled.QuantileTransformer(n_quantiles=9)
    yield "bins", scaled.KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf")
    yield "polynomials", scaled.PolynomialFeatures(2)
    yield "splines", scaled.SplineTransformer()
    yield "ufunc", scaled.FunctionTransformer(np.log1p)
    yield "identity", scaled.FunctionTransformer()
    yield "principal components", decomposition.PCA(2)
    yield "svd", decomposition.TruncatedSVD(2)
    yield "factorisation", decomposition.NMF(2, max_iter=500, tol=0.1)
    yield "independent components", decomposition.FastICA(2, max_iter=900, tol=0.1)
    yield "nystroem", kernel_approximation.Nystroem(n_components=5)
    yield "random features", kernel_approximation.RBFSampler(n_components=5)
    yield "projection", random_projection.SparseRandomProjection(2)
    yield "k best", feature_selection.SelectKBest(feature_selection.f_classif, k=2)
    yield (
        "mutual information",
        feature_selection.SelectKBest(feature_selection.mutual_info_classif, k=2),
    )
    yield "from model", feature_selection.SelectFromModel(_forest())
    yield "elimination", feature_selection.RFE(linear_model.LogisticRegression())
    yield "variance", feature_selection.VarianceThreshold()
    yield "neighbor imputer", impute.KNNImputer()
    yield "iterative imputer", impute.IterativeImputer(max_iter=2, tol=1.0)
    yield "random trees", _forest(ensemble.RandomTreesEmbedding)
    yield "union", pipeline.FeatureUnion([("one", decomposition.PCA(1)), ("two", "passthrough")])


def _of_frames():
    logistic = linear_model.LogisticRegression
    prepared = pipeline.make_pipeline
    wide = FRAME[NUMBERS + CATEGORIES]
    ordinal = preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    numeric = compose.make_column_selector(dtype_include="number")
    yield "pipeline", prepared(_preparation(), logistic()), wide, WORDS
    yield "pipeline forest", prepared(_preparation(), _forest()), wide, LABELS
    yield (
        "pipeline search",
        model_selection.GridSearchCV(
            prepared(_preparation(), logistic()), {"logisticregression__C": [0.1, 1]}, cv=2
        ),
        wide,
        WORDS,
    )
    yield (
        "target encoder",
        prepared(_columns(target=(preprocessing.TargetEncoder(cv=2), CATEGORIES)), logistic()),
        wide,
        LABELS,
    )
    yield (
        "ordinal hist",
        prepared(
            _columns(rest=("passthrough", numeric), ordinal=(ordinal, CATEGORIES)),
            ensemble.HistGradientBoostingClassifier(max_iter=3),
        ),
        wide,
        WORDS,
    )
    yield (
        "categorical hist",
        ensemble.HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5),
        wide.astype({"sex": "category", "port": "category"}),
        WORDS,
    )
    yield (
        "pandas output",
        prepared(
            _columns(scaled=(preprocessing.StandardScaler(), NUMBERS)).set_output(
                transform="pandas"
            ),
            logistic(),
        ),
        wide,
        LABELS,
    )
    yield (
        "remainder",
        prepared(
            compose.make_column_transformer(
                (preprocessing.OneHotEncoder(), CATEGORIES), remainder=preprocessing.MinMaxScaler()
            ),
            _forest(),
        ),
        wide,
        WORDS,
    )
    yield (
        "tf idf",
        prepared(
            _columns(words=(feature_extraction.text.TfidfVectorizer(), "text")),
            decomposition.TruncatedSVD(2),
            logistic(),
        ),
        FRAME,
        WORDS,
    )
    yield (
        "tf idf stop words",
        prepared(
            feature_extraction.text.TfidfVectorizer(stop_words="english", ngram_range=(1, 2)),
            naive_bayes.MultinomialNB(),
        ),
        FRAME["text"],
        WORDS,
    )
    yield (
        "hashing",
        prepared(
            feature_extraction.text.HashingVectorizer(n_features=16), linear_model.SGDClassifier()
        ),
        FRAME["text"],
        WORDS,
    )
    yield (
        "sparse svc",
        prepared(feature_extraction.text.CountVectorizer(), svm.SVC()),
        FRAME["text"],
        WORDS,
    )
    yield (
        "sparse neighbors",
        prepared(feature_extraction.text.CountVectorizer(), neighbors.KNeighborsClassifier(3)),
        FRAME["text"],
        WORDS,
    )


def _others():
    outputs = np.column_stack([LABELS, THREE])
    numbers = FRAME[NUMBERS]
    yield "three classes", linear_model.LogisticRegression(), numbers, THREE
    yield "three class boosting", _forest(ensemble.GradientBoostingClassifier), numbers, THREE
    yield "three class hist", ensemble.HistGradientBoostingClassifier(max_iter=3), numbers, THREE
    yield "three class svc", svm.SVC(), numbers, THREE
    yield "multi output", multioutput.MultiOutputClassifier(_forest()), numbers, outputs
    yield "multi output forest", _forest(), numbers, outputs
    yield "multi output regressor", _forest(ensemble.RandomForestRegressor), numbers, outputs
    yield (
        "classifier chain",
        multioutput.ClassifierChain(linear_model.LogisticRegression()),
        numbers,
        np.column_stack([LABELS, 1 - LABELS]),
    )
    partly = np.where(np.arange(ROWS) % 5 == 0, -1, LABELS)
    yield (
        "self training",
        semi_supervised.SelfTrainingClassifier(linear_model.LogisticRegression()),
        numbers,
        partly,
    )
    yield "local outliers", neighbors.LocalOutlierFactor(5, novelty=True), numbers.to_numpy(), None
    yield "without names", _forest(), numbers.to_numpy(), LABELS
    yield "boolean labels", linear_model.LogisticRegression(), numbers, LABELS == 1
    yield "text labels in pandas", linear_model.LogisticRegression(), numbers, pd.Series(WORDS)
    yield "isotonic", isotonic.IsotonicRegression(out_of_bounds="clip"), numbers["age"], TARGET
    yield "missing values", _forest(), numbers.where(numbers > 0.1), LABELS
    noted = linear_model.LogisticRegression()
    noted.scores_ = defaultdict(OrderedDict, valid=OrderedDict(auc=0.9))  # as LightGBM does
    yield "scores by data set", noted, numbers, LABELS
    yield "sparse coefficients", linear_model.SGDClassifier(penalty="l1"), numbers, LABELS
    yield "kernel of ones", svm.SVC(kernel="poly", degree=2), numbers, LABELS
    yield (
        "monotonic hist",
        ensemble.HistGradientBoostingRegressor(max_iter=3, monotonic_cst={"age": 1}),
        numbers,
        TARGET,
    )


def _unfitted():
    numbers = FRAME[NUMBERS]
    for name, estimator in _classifiers():
        yield name, estimator, numbers, LABELS
    for name, estimator in _regressors():
        yield name, estimator, numbers, TARGET + 1
    for name, estimator in _unsupervised():
        yield name, estimator, numbers, None
    for name, transformer in _transformers():
        model = pipeline.make_pipeline(transformer, linear_model.LogisticRegression())
        yield name, model, numbers, LABELS
    yield from _of_frames()
    yield from _others()
    yield from _variants(numbers)


def _variants(numbers):
    for name, estimator in honest_variants.classifiers():
        yield name, estimator, numbers, LABELS
    for name, estimator in honest_variants.frozen_models(numbers, LABELS):
        yield name, estimator, numbers, LABELS
    for name, estimator in honest_variants.regressors():
        yield name, estimator, numbers, TARGET + 1
    for name, transformer in honest_transformers.transformers():
        model = pipeline.make_pipeline(transformer, linear_model.LogisticRegression())
        yield name, model, numbers, LABELS
    for name, estimator in honest_variants.mixtures():
        yield name, estimator, numbers, None
    for name, estimator in honest_variants.chains():
        yield name, estimator, numbers, np.column_stack([LABELS, 1 - LABELS])
    for name, vectorizer in honest_transformers.texts():
        model = pipeline.make_pipeline(vectorizer, linear_model.LogisticRegression())
        yield name, model, FRAME["text"], WORDS
    for target, name in ((THREE, "classes"), (TARGET, "numbers")):
        encoder = _columns(target=(preprocessing.TargetEncoder(cv=2), CATEGORIES))
        model = pipeline.make_pipeline(encoder, tree.DecisionTreeRegressor(max_depth=2))
        yield f"target encoder of {name}", model, FRAME[CATEGORIES], target
    machine = svm.SVC(kernel=gaussian_process.kernels.RBF())
    yield "kernel of a process", machine, numbers.to_numpy(), LABELS
    best = model_selection.GridSearchCV(_forest(), {"max_depth": [1, 2]}, cv=2)
    yield "best of a search", best.fit(numbers, LABELS).best_estimator_, numbers, LABELS


@cache
def honest_models():
    """Every honest model by its name."""
    return {
        name: Honest(
            estimator.fit(rows, target), rows.head(5) if hasattr(rows, "head") else rows[:5]
        )
        for name, estimator, rows, target in _unfitted()
    }
