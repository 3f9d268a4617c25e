"""Over many kinds of estimator, the engine's answers are the pipeline's own."""

import pytest
from sklearn import (
    cluster,
    dummy,
    ensemble,
    gaussian_process,
    kernel_ridge,
    linear_model,
    mixture,
    neighbors,
    neural_network,
    svm,
    tree,
)
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.cross_decomposition import PLSRegression
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from threadpoolctl import threadpool_limits

from tests.unit.runtimes.model_process.equality.tables import (
    FEATURES,
    assert_equal,
    assert_equal_in_batches,
    encoded,
    frame,
    labels,
    sample,
    scored,
    target,
)

CLASSIFIERS = [
    CalibratedClassifierCV(GaussianNB(), cv=2),
    LinearDiscriminantAnalysis(),
    QuadraticDiscriminantAnalysis(reg_param=0.1),
    BernoulliNB(),
    ComplementNB(),
    GaussianNB(),
    MultinomialNB(),
    OneVsRestClassifier(linear_model.LogisticRegression()),
    dummy.DummyClassifier(),
    ensemble.AdaBoostClassifier(n_estimators=5),
    ensemble.BaggingClassifier(n_estimators=5),
    ensemble.ExtraTreesClassifier(10),
    ensemble.GradientBoostingClassifier(n_estimators=5),
    ensemble.HistGradientBoostingClassifier(max_iter=5),
    ensemble.RandomForestClassifier(10),
    ensemble.StackingClassifier([("nb", GaussianNB()), ("tree", tree.DecisionTreeClassifier())]),
    ensemble.VotingClassifier([("nb", GaussianNB())], voting="soft"),
    linear_model.LogisticRegression(),
    linear_model.RidgeClassifier(),
    linear_model.SGDClassifier(loss="modified_huber"),
    neighbors.KNeighborsClassifier(4),
    neural_network.MLPClassifier((8,), solver="lbfgs", max_iter=10_000, tol=1e-1),
    svm.LinearSVC(),
    svm.SVC(),
    tree.DecisionTreeClassifier(),
    tree.ExtraTreeClassifier(),
]
REGRESSORS = [
    PLSRegression(),
    TransformedTargetRegressor(linear_model.Ridge()),
    ensemble.GradientBoostingRegressor(n_estimators=5),
    ensemble.HistGradientBoostingRegressor(max_iter=5),
    ensemble.RandomForestRegressor(10),
    gaussian_process.GaussianProcessRegressor(alpha=1),
    kernel_ridge.KernelRidge(),
    linear_model.ElasticNet(),
    linear_model.HuberRegressor(),
    linear_model.LinearRegression(),
    linear_model.PoissonRegressor(),
    neighbors.KNeighborsRegressor(),
    svm.SVR(),
]
OTHERS = [
    cluster.KMeans(3, n_init=1),
    ensemble.IsolationForest(n_estimators=10),
    mixture.GaussianMixture(2),
    neighbors.LocalOutlierFactor(novelty=True),
    svm.OneClassSVM(),
]
BINARY = [
    FixedThresholdClassifier(GaussianNB(), threshold=0.8),
    TunedThresholdClassifierCV(linear_model.LogisticRegression(), cv=2),
]


def check(model):
    with threadpool_limits(1):
        for rows, workers in ((10_240, 2), (128, 1), (37, 3)):
            output = scored(model, sample(), rows=rows, workers=workers)
            assert_equal_in_batches(output, model, frame(sample()), rows)


def name(estimator):
    return type(estimator).__name__


@pytest.mark.parametrize("values", [[0, 1], ["a", "b", "ö"]], ids=str)
@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=name)
def test_a_classifier_s_labels_and_probabilities_are_its_own(estimator, values):
    model = make_pipeline(encoded(), estimator).fit(frame(sample()), labels(values))
    check(model)


@pytest.mark.parametrize("estimator", BINARY, ids=name)
def test_a_threshold_of_one_s_own_decides(estimator):
    model = make_pipeline(encoded(), estimator).fit(frame(sample()), labels([0, 1]))
    check(model)


@pytest.mark.parametrize("estimator", REGRESSORS + OTHERS, ids=name)
def test_what_a_regressor_or_another_predicts_is_its_own(estimator):
    model = make_pipeline(encoded(), estimator).fit(frame(sample()), target() + 1)
    check(model)


@pytest.mark.parametrize("values", [[False, True], [0.0, 1.0, 2.0], [7]], ids=str)
def test_labels_of_every_type_come_back(values):
    model = make_pipeline(encoded(), tree.DecisionTreeClassifier(max_depth=3))
    check(model.fit(frame(sample()), labels(values)))


@pytest.mark.parametrize(
    "search",
    [
        lambda model: GridSearchCV(model, {"logisticregression__C": [0.1, 1]}, cv=2),
        lambda model: RandomizedSearchCV(model, {"logisticregression__C": [1]}, n_iter=1, cv=2),
    ],
    ids=["grid", "random"],
)
def test_a_search_answers_as_its_best_pipeline(search):
    model = search(make_pipeline(encoded(), linear_model.LogisticRegression()))
    check(model.fit(frame(sample()), labels([0, 1])))


def test_steps_between_encoding_and_estimator_are_taken():
    steps = [encoded(), "passthrough", SelectKBest(k=4), linear_model.LogisticRegression()]
    model = make_pipeline(*steps).fit(frame(sample()), labels([0, 1, 2]))
    check(model)


def test_pipelines_of_frames_are_scored_as_frames():
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((categories, FEATURES[2:]), remainder="passthrough")
    columns.set_output(transform="pandas")
    model = make_pipeline(columns, ensemble.HistGradientBoostingClassifier(max_iter=5))
    check(model.fit(frame(sample()), labels([0, 1])))


def test_a_forest_on_all_cores_answers_as_on_one():
    forest = ensemble.RandomForestClassifier(20, n_jobs=-1, random_state=0)
    model = make_pipeline(encoded(), forest).fit(frame(sample()), labels([0, 1, 2]))
    output = scored(model, sample(), rows=100)
    # Threads add the trees up in an order of chance: only to rounding are they equal to themselves.
    assert_equal(output, model, frame(sample()), exactly=False)
    assert_equal(output, model.set_params(randomforestclassifier__n_jobs=1), frame(sample()))
