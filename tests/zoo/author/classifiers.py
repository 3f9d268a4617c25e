"""Classifiers of numbers; their labels are texts, integers, floats and truth values."""

from sklearn import model_selection
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from . import histogram
from .kinds import FLOWERS, GAPPY_FLOWERS, SKLEARN, kind


def _scaled(model):
    return make_pipeline(StandardScaler(), model)


@kind(FLOWERS, "species")
def logistic_regression(rows, target):
    return LogisticRegression(max_iter=50, solver="newton-cg").fit(rows, target)


@kind(FLOWERS, "rare")
def logistic_regression_of_truth_values(rows, target):
    return _scaled(LogisticRegression()).fit(rows, target)


@kind(FLOWERS, "tall")
def random_forest(rows, target):
    return RandomForestClassifier(20, random_state=0).fit(rows, target)


@kind(FLOWERS, "species")
def extra_trees(rows, target):
    return ExtraTreesClassifier(10, random_state=0).fit(rows, target)


@kind(FLOWERS, "size")
def decision_tree_of_floats(rows, target):
    return DecisionTreeClassifier(max_depth=4, random_state=0).fit(rows, target)


@kind(FLOWERS, "kind")
def gradient_boosting(rows, target):
    return GradientBoostingClassifier(n_estimators=10, random_state=0).fit(rows, target)


@kind(GAPPY_FLOWERS, "grade")
def hist_gradient_boosting(rows, target):
    return histogram.HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(rows, target)


@kind(FLOWERS, "species")
def svc(rows, target):
    return _scaled(SVC(probability=True, random_state=0)).fit(rows, target)


@kind(FLOWERS, "tall")
def ada_boost(rows, target):
    return AdaBoostClassifier(n_estimators=10, random_state=0).fit(rows, target)


@kind(GAPPY_FLOWERS, "rare")
def simple_imputer(rows, target):
    imputer = SimpleImputer(add_indicator=True)
    return make_pipeline(imputer, StandardScaler(), LogisticRegression()).fit(rows, target)


@kind(FLOWERS, "species")
def stacking(rows, target):
    members = [
        ("forest", RandomForestClassifier(5, random_state=0)),
        ("linear", _scaled(LogisticRegression())),
    ]
    return StackingClassifier(members, LogisticRegression(), cv=2).fit(rows, target)


@kind(FLOWERS, "grade")
def voting(rows, target):
    members = [("tree", DecisionTreeClassifier(random_state=0)), ("bayes", GaussianNB())]
    return VotingClassifier(members, voting="soft").fit(rows, target)


@kind(FLOWERS, "kind")
def bagging(rows, target):
    return BaggingClassifier(n_estimators=5, random_state=0).fit(rows, target)


@kind(FLOWERS, "species")
def k_nearest_neighbors(rows, target):
    return _scaled(KNeighborsClassifier(5)).fit(rows, target)


@kind(FLOWERS, "kind")
def calibrated(rows, target):
    return CalibratedClassifierCV(_scaled(LinearSVC(random_state=0)), cv=2).fit(rows, target)


@kind(FLOWERS, "tall")
def grid_search(rows, target):
    pipeline = _scaled(LogisticRegression())
    return GridSearchCV(pipeline, {"logisticregression__C": [0.1, 1.0]}, cv=2).fit(rows, target)


@kind(FLOWERS, "species")
def multilayer_perceptron(rows, target):
    return _scaled(MLPClassifier(hidden_layer_sizes=(8,), max_iter=50, random_state=0)).fit(
        rows, target
    )


@kind(FLOWERS, "rare")
def gaussian_bayes(rows, target):
    return GaussianNB().fit(rows, target)


@kind(FLOWERS, "species")
def discriminant_analysis(rows, target):
    return make_pipeline(PCA(3, random_state=0), LinearDiscriminantAnalysis()).fit(rows, target)


@kind(FLOWERS, "species")
def ridge_without_probabilities(rows, target):
    return _scaled(RidgeClassifier()).fit(rows, target)


@kind(FLOWERS, "kind")
def stochastic_gradient_without_probabilities(rows, target):
    return _scaled(SGDClassifier(random_state=0)).fit(rows, target)


@kind(FLOWERS, "species")
def one_vs_rest(rows, target):
    return OneVsRestClassifier(_scaled(LogisticRegression())).fit(rows, target)


@kind(FLOWERS, "kind", where=SKLEARN >= (1, 5))
def tuned_threshold(rows, target):
    search = model_selection.TunedThresholdClassifierCV(
        _scaled(LogisticRegression()), scoring=make_scorer(f1_score, pos_label="b"), cv=2
    )
    return search.fit(rows, target)


@kind(FLOWERS, "grade", hand="array")
def forest_of_a_plain_array(rows, target):
    return RandomForestClassifier(10, random_state=0).fit(rows, target)


@kind(FLOWERS, ["kind", "species"])
def several_outputs(rows, target):
    return MultiOutputClassifier(_scaled(LogisticRegression())).fit(rows, target)


@kind(FLOWERS, ["grade", "tall"])
def forest_of_several_outputs(rows, target):
    return RandomForestClassifier(10, random_state=0).fit(rows, target)


@kind(FLOWERS, ["rare", "tall"])
def classifier_chain(rows, target):
    chain = ClassifierChain(_scaled(LogisticRegression()), order=[0, 1], random_state=0)
    return chain.fit(rows, target.astype(int))
