"""What estimators say of themselves: scikit-learn's, and those of other libraries."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor, RegressorChain
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

from runtimes.model_process import estimators

FRAME = pd.DataFrame({"age": [1.0, 2.0, 3.0, 4.0], "fare": [1.0, 0.0, 1.0, 0.0]})
ARRAY = FRAME.to_numpy()
LABELS = [0, 1, 0, 1]
TEXTS = ["good day", "bad day", "good", "bad"]
CLASSIFIER = LogisticRegression().fit(FRAME, LABELS)
PIPELINE = make_pipeline(StandardScaler(), LogisticRegression()).fit(FRAME, LABELS)
NAMELESS = make_pipeline(StandardScaler(), LogisticRegression()).fit(ARRAY, LABELS)
SEARCH = GridSearchCV(PIPELINE, {"logisticregression__C": [1.0]}, cv=2).fit(FRAME, LABELS)
OF_TEXTS = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, LABELS)


class Other:
    """An estimator of a library that knows no scikit-learn."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def predict(self, rows):
        return [0] * len(rows)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (CLASSIFIER, "sklearn.linear_model._logistic.LogisticRegression"),
        (LogisticRegression, "sklearn.linear_model._logistic.LogisticRegression"),
        ({}, "builtins.dict"),
    ],
)
def test_a_class_has_its_module_s_name(part, name):
    assert estimators.class_name(part) == name


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (CLASSIFIER, "classifier"),
        (PIPELINE, "classifier"),
        (SEARCH, "classifier"),
        (LinearRegression(), "regressor"),
        (KMeans(2), "clusterer"),
        (IsolationForest(), "outlier_detector"),
        (GaussianMixture(), "density_estimator"),
        (Other(_estimator_type="regressor"), "regressor"),
        (Other(steps=[("any", Other()), ("last", CLASSIFIER)]), "classifier"),
        (Other(), None),
        (Other(_estimator_type=3), None),
        (make_pipeline(StandardScaler(), Other(_estimator_type="classifier")), "classifier"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_the_kind_is_what_the_estimator_or_its_last_step_says(estimator, kind):
    assert estimators.estimator_type(estimator) == kind
    assert estimators.is_classifier(estimator) == (kind == "classifier")


@pytest.mark.parametrize(
    ("estimator", "names"),
    [
        (CLASSIFIER, ["age", "fare"]),
        (PIPELINE, ["age", "fare"]),
        (SEARCH, ["age", "fare"]),
        (NAMELESS, None),
        (OF_TEXTS, None),
        (Other(feature_names_=["a", "b"]), ["a", "b"]),
        (Other(feature_name_=["a", 2]), ["a", "2"]),
        (Other(feature_name_=["Column_0", "Column_1"]), None),
        (Other(feature_names_=["0", "1"]), None),
        (Other(feature_names_in_=["f0", "f1"]), None),
        (Other(feature_names_in_="ab"), None),
        (Other(feature_names_in_=3), None),
        (Other(feature_names_in_=[]), None),
        (Other(best_estimator_=CLASSIFIER), ["age", "fare"]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_names_of_columns_are_those_of_the_outermost_part_that_has_some(estimator, names):
    assert estimators.feature_names(estimator) == names


@pytest.mark.parametrize(
    ("estimator", "count"),
    [
        (CLASSIFIER, 2),
        (NAMELESS, 2),
        (Other(n_features_=np.int64(3)), 3),
        (Other(n_features_in_=0, feature_names_=["0", "1", "2"]), 3),
        (Other(feature_name_=["Column_0"]), 1),
        (Other(n_features_in_="many"), None),
        (Other(), None),
    ],
    ids=lambda each: type(each).__name__,
)
def test_the_number_of_columns_is_counted_where_it_is_said(estimator, count):
    assert estimators.feature_count(estimator) == count


def silent(estimator):
    """The fitted estimator as scikit-learn 0.22 had it, which noted no number of columns."""
    del estimator.n_features_in_
    return estimator


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        LinearRegression(),
        PLSRegression(1),
        SVC(),
        KNeighborsClassifier(1),
        GaussianNB(),
        MultinomialNB(),
        KMeans(3, n_init=1),
        GaussianMixture(1),
        LinearDiscriminantAnalysis(),
        SimpleImputer(),
        StandardScaler(),
        PCA(1),
        MLPClassifier((3,), max_iter=1),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.filterwarnings("ignore")
def test_the_arrays_of_scikit_learn_0_22_tell_how_many_columns_there_were(estimator):
    assert estimators.feature_count(silent(estimator.fit(ARRAY, LABELS))) == ARRAY.shape[1]


def test_arrays_of_other_libraries_tell_nothing_of_columns():
    assert estimators.feature_count(Other(coef_=np.ones(3))) is None


@pytest.mark.parametrize(
    ("estimator", "takes"),
    [
        (OF_TEXTS, True),
        (make_pipeline(HashingVectorizer(), LogisticRegression()).fit(TEXTS, LABELS), True),
        (PIPELINE, False),
        (NAMELESS, False),
    ],
)
def test_a_vectorizer_at_the_beginning_takes_texts(estimator, takes):
    assert estimators.takes_texts(estimator) is takes


def test_parts_that_see_the_rows_unchanged_come_outermost_first():
    kinds = [type(each).__name__ for each in estimators.first_parts(SEARCH)]
    assert kinds == ["GridSearchCV", "Pipeline", "StandardScaler"]
    passing = make_pipeline("passthrough", StandardScaler())
    assert [type(each).__name__ for each in estimators.first_parts(passing)][1] == "StandardScaler"
    target = TransformedTargetRegressor().fit(FRAME, LABELS)
    assert [type(each).__name__ for each in estimators.first_parts(target)] == [
        "TransformedTargetRegressor",
        "LinearRegression",
    ]


def test_an_estimator_that_is_its_own_part_ends():
    endless = Other()
    endless.best_estimator_ = endless
    assert len(list(estimators.first_parts(endless))) == 100


@pytest.mark.parametrize(
    ("estimator", "takes"),
    [(HistGradientBoostingClassifier(), True), (LogisticRegression(), False), (Other(), False)],
    ids=lambda each: type(each).__name__,
)
def test_only_who_says_so_takes_missing_values(estimator, takes):
    assert estimators.takes_missing(estimator) is takes


@pytest.mark.parametrize(
    ("regressor", "count"),
    [
        (LinearRegression().fit(FRAME, FRAME["age"]), 1),
        (LinearRegression().fit(FRAME, FRAME), 2),
        (make_pipeline(StandardScaler(), LinearRegression()).fit(FRAME, FRAME), 2),
        (MultiOutputRegressor(LinearRegression()).fit(FRAME, FRAME), 2),
        (RegressorChain(LinearRegression()).fit(FRAME, FRAME), 2),
        (DecisionTreeRegressor().fit(FRAME, FRAME), 2),
        (Other(), 1),
        (Other(n_outputs_="many"), 1),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_regressor_says_how_many_numbers_it_predicts(regressor, count):
    assert estimators.output_count(regressor) == count


def test_each_output_of_a_classifier_has_its_labels():
    assert [each.tolist() for each in estimators.classes(CLASSIFIER)] == [[0, 1]]
    two = KNeighborsClassifier(1).fit(FRAME, np.array([["a", "x"], ["b", "y"]] * 2))
    assert [each.tolist() for each in estimators.classes(two)] == [["a", "b"], ["x", "y"]]
    assert [each.tolist() for each in estimators.classes(Other(classes_=["a", "b"]))] == [
        ["a", "b"]
    ]


def test_an_estimator_of_one_s_own_with_scikit_learn_s_mixins_says_what_they_say():
    class Own(RegressorMixin, BaseEstimator):
        pass

    assert estimators.estimator_type(Own()) == "regressor"
