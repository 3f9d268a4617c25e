"""Honest models near the rules of validation: options that a rule looks at, as people use them."""

import numpy as np
from sklearn import (
    calibration,
    cluster,
    compose,
    dummy,
    ensemble,
    frozen,
    gaussian_process,
    impute,
    kernel_approximation,
    linear_model,
    mixture,
    model_selection,
    multiclass,
    multioutput,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    svm,
    tree,
)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (its import is its effect)
from sklearn.gaussian_process import kernels

_logistic = linear_model.LogisticRegression
_ridge = linear_model.Ridge


def _forest(kind=ensemble.RandomForestClassifier, **options):
    return kind(n_estimators=3, random_state=0, **options)


def classifiers():
    """Classifiers of three columns of numbers and two labels, by their names."""
    pair = [("one", _logistic()), ("two", svm.SVC())]
    for method in ("auto", "decision_function", "predict"):
        yield (
            f"stacking by {method}",
            ensemble.StackingClassifier(pair, stack_method=method, cv=2, passthrough=True),
        )
    both = [("one", _logistic()), ("two", _forest()), ("none", "drop")]
    yield "stacking by probability", ensemble.StackingClassifier(both, _forest(), cv=2)
    yield "voting by majority", ensemble.VotingClassifier(both, weights=[1, 2, 0])
    for method in ("sigmoid", "isotonic", "temperature"):
        yield (
            f"calibrated by {method}",
            calibration.CalibratedClassifierCV(_logistic(), method=method, cv=2, ensemble=False),
        )
    for method in ("auto", "decision_function", "predict_proba"):
        yield (
            f"threshold of {method}",
            model_selection.FixedThresholdClassifier(_logistic(), response_method=method),
        )
    yield (
        "tuned probability",
        model_selection.TunedThresholdClassifierCV(
            _logistic(), scoring="f1", response_method="predict_proba", cv=2
        ),
    )
    yield "boosting from a model", ensemble.GradientBoostingClassifier(n_estimators=3, init="zero")
    yield (
        "boosting from a classifier",
        ensemble.GradientBoostingClassifier(n_estimators=3, init=_logistic()),
    )
    yield (
        "early stopping",
        ensemble.HistGradientBoostingClassifier(
            max_iter=5, early_stopping=True, validation_fraction=0.3, n_iter_no_change=2
        ),
    )
    yield "scored stopping", ensemble.HistGradientBoostingClassifier(max_iter=3, scoring="accuracy")
    yield "pruned tree", tree.DecisionTreeClassifier(ccp_alpha=0.02)
    yield "best first tree", tree.DecisionTreeClassifier(max_leaf_nodes=5)
    yield "balanced forest", _forest(class_weight="balanced_subsample", max_leaf_nodes=4)
    yield "threads", _forest(n_jobs=-1, max_depth=2)
    yield "weighted neighbors", neighbors.KNeighborsClassifier(3, metric_params={"w": [1, 2, 3]})
    yield "cubic neighbors", neighbors.KNeighborsClassifier(3, p=3, algorithm="kd_tree")
    yield (
        "scaled neighbors",
        neighbors.KNeighborsClassifier(
            3, metric="seuclidean", metric_params={"V": np.ones(3)}, algorithm="brute"
        ),
    )
    yield "cosine neighbors", neighbors.KNeighborsClassifier(3, metric="cosine", weights="distance")
    yield "radius outliers", neighbors.RadiusNeighborsClassifier(0.01, outlier_label=0)
    yield "one vs one of vectors", multiclass.OneVsOneClassifier(svm.LinearSVC())
    yield "classes of few codes", multiclass.OutputCodeClassifier(_logistic(), random_state=0)
    yield "stratified guesses", dummy.DummyClassifier(strategy="stratified", random_state=1)
    yield "constant guess", dummy.DummyClassifier(strategy="constant", constant=1)
    yield (
        "guesses of a random state",
        dummy.DummyClassifier(strategy="uniform", random_state=np.random.RandomState(3)),
    )
    yield "sum of kernels", _process(kernels.RBF([1.0, 2.0, 3.0]) + kernels.WhiteKernel())
    yield "kernel of pairs", _process(kernels.PairwiseKernel(metric="laplacian", gamma=0.5))
    yield (
        "searched functions",
        model_selection.GridSearchCV(
            pipeline.make_pipeline(preprocessing.FunctionTransformer(), _logistic()),
            {
                "functiontransformer__func": [np.log1p, np.sqrt, None],
                "logisticregression": [_logistic(), _logistic(C=0.1)],
            },
            cv=2,
        ),
    )
    yield (
        "several scores",
        model_selection.GridSearchCV(
            _forest(),
            {"max_depth": range(1, 3), "criterion": ["gini", "entropy"]},
            scoring={"accuracy": "accuracy", "auc": "roc_auc"},
            refit="auc",
            cv=model_selection.RepeatedStratifiedKFold(n_splits=2, n_repeats=1),
        ),
    )
    yield "bag of pipelines", ensemble.BaggingClassifier(_scaled(), n_estimators=2, n_jobs=2)
    yield "boosted stumps", ensemble.AdaBoostClassifier(tree.DecisionTreeClassifier(max_depth=1))


def _process(kernel):
    return gaussian_process.GaussianProcessClassifier(kernel, optimizer=None)


def _scaled():
    return pipeline.make_pipeline(preprocessing.StandardScaler(), _logistic())


def regressors():
    """Regressors of three columns of numbers and a number, by their names."""
    yield (
        "stacking of forests",
        ensemble.StackingRegressor(
            [("one", _ridge()), ("two", _forest(ensemble.ExtraTreesRegressor))],
            final_estimator=_forest(ensemble.RandomForestRegressor),
            cv=2,
        ),
    )
    yield (
        "boosting from a regressor",
        ensemble.GradientBoostingRegressor(n_estimators=3, init=linear_model.LinearRegression()),
    )
    yield (
        "target by pipeline",
        compose.TransformedTargetRegressor(
            _scaled_ridge(),
            transformer=pipeline.make_pipeline(preprocessing.PowerTransformer()),
        ),
    )
    yield (
        "imputed by forest",
        pipeline.make_pipeline(_imputer(tree.DecisionTreeRegressor(max_depth=2)), _ridge()),
    )
    yield (
        "random imputation",
        pipeline.make_pipeline(_imputer(None, sample_posterior=True), _ridge()),
    )
    yield (
        "chi squared",
        pipeline.make_pipeline(kernel_approximation.AdditiveChi2Sampler(), _ridge()),
    )
    yield (
        "kernel ridge by name",
        pipeline.make_pipeline(
            kernel_approximation.Nystroem(kernel="poly", degree=3, n_components=5), _ridge()
        ),
    )
    yield (
        "layers of two",
        neural_network.MLPRegressor(
            hidden_layer_sizes=(3, 2), max_iter=400, tol=0.1, activation="tanh"
        ),
    )
    yield "mean of medians", dummy.DummyRegressor(strategy="median")
    yield "radius regressor", neighbors.RadiusNeighborsRegressor(5.0)


def _scaled_ridge():
    return pipeline.make_pipeline(preprocessing.RobustScaler(), _ridge())


def _imputer(estimator, **options):
    return impute.IterativeImputer(estimator, max_iter=2, tol=1.0, random_state=0, **options)


def mixtures():
    """Mixtures of three columns of numbers, by their names."""
    for kind in ("full", "tied", "diag", "spherical"):
        yield f"{kind} mixture", mixture.GaussianMixture(2, covariance_type=kind, random_state=0)
    yield (
        "largest bisections",
        cluster.BisectingKMeans(3, bisecting_strategy="largest_cluster", random_state=0),
    )


def chains():
    """Classifiers of two outputs, by their names."""
    for method in ("predict", "predict_proba", "decision_function"):
        yield (
            f"chain by {method}",
            multioutput.ClassifierChain(
                _logistic(), chain_method=method, order="random", random_state=1
            ),
        )
    yield "labels of layers", neural_network.MLPClassifier((3,), max_iter=300, tol=0.5)
    yield "several guesses", dummy.DummyClassifier(strategy="most_frequent")
    yield "neighbors of outputs", neighbors.KNeighborsClassifier(3)


def frozen_models(rows, labels):
    """Estimators around one that is fitted already, by their names."""
    fitted = frozen.FrozenEstimator(_logistic().fit(rows, labels))
    yield "frozen", calibration.CalibratedClassifierCV(fitted)
    yield "prefit stacking", ensemble.StackingClassifier([("one", fitted.estimator)], cv="prefit")
