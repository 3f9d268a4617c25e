"""Pipelines from a frame of many types or from texts to a model."""

import category_encoders
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imbalanced_pipeline
from sklearn import preprocessing
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import LinearSVC

from . import histogram, tables
from .kinds import NUMBERS, PASSENGERS, REVIEWS, SKLEARN, TEXTS, kind

# pandas has a dtype of texts since 3, in which a missing one is NaN whoever made the frame.
_HAS_NONE_IN_TEXTS = int(pd.__version__.split(".")[0]) < 3
# Before, an encoder refused a missing value.
_ENCODES_MISSING = SKLEARN >= (0, 24)


def _encoder():
    return OneHotEncoder(handle_unknown="ignore")


def _by_name():
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), _encoder())
    return ColumnTransformer([("numbers", numbers, NUMBERS), ("texts", texts, TEXTS)])


@kind(PASSENGERS, "Survived", features=NUMBERS + TEXTS)
def columns_by_name(rows, target):
    return make_pipeline(_by_name(), LogisticRegression()).fit(rows, target)


@kind(PASSENGERS, "Alive", features=NUMBERS + TEXTS)
def columns_by_dtype(rows, target):
    # The transformer holds a pandas Index; what else it holds depends on the release.
    numbers = rows.select_dtypes("number").columns
    texts = rows.select_dtypes(exclude="number").columns
    transformer = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), _encoder()), texts),
    )
    return make_pipeline(transformer, RandomForestClassifier(10, random_state=0)).fit(rows, target)


@kind(PASSENGERS, "Deck", features=NUMBERS + TEXTS, where=_ENCODES_MISSING)
def columns_by_selector(rows, target):
    numbers = make_column_selector(dtype_include="number")
    texts = make_column_selector(dtype_exclude="number")
    scaler = make_pipeline(SimpleImputer(), StandardScaler())
    transformer = make_column_transformer((scaler, numbers), (_encoder(), texts))
    model = make_pipeline(transformer, LogisticRegression())
    return GridSearchCV(model, {"logisticregression__C": [0.3, 1.0]}, cv=2).fit(rows, target)


@kind(PASSENGERS, "Price", features=[*NUMBERS, *TEXTS, "Alone"])
def columns_of_integers_and_truth_values(rows, target):
    transformer = make_column_transformer(
        (_encoder(), ["Sex", "Alone", "SibSp"]),
        (SimpleImputer(), ["Age", "Visits"]),
        remainder="drop",
    )
    return make_pipeline(transformer, Ridge()).fit(rows, target)


@kind(PASSENGERS, "Price", features=["Age", "Alone", "SibSp", "Visits"])
def columns_passed_through(rows, target):
    transformer = make_column_transformer(
        (KNNImputer(), ["Age", "Visits"]), remainder="passthrough"
    )
    return make_pipeline(transformer, RandomForestRegressor(10, random_state=0)).fit(rows, target)


@kind(PASSENGERS, "Survived", features=NUMBERS + TEXTS)
def ordinal_categories(rows, target):
    transformer = make_column_transformer(
        (OrdinalEncoder(), ["Sex"]), (StandardScaler(), NUMBERS), remainder="drop"
    )
    model = histogram.HistGradientBoostingClassifier(max_iter=20, random_state=0)
    return make_pipeline(transformer, model).fit(rows, target)


@kind(tables.passengers_in_categories, "Alive", features=NUMBERS + TEXTS, where=SKLEARN >= (1, 4))
def hist_gradient_boosting_of_categories(rows, target):
    model = histogram.HistGradientBoostingClassifier(
        max_iter=20, random_state=0, categorical_features="from_dtype"
    )
    return model.fit(rows, target)


@kind(PASSENGERS, "Deck", features=NUMBERS + TEXTS, where=SKLEARN >= (1, 2))
def columns_as_frames(rows, target):
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    transformer = make_column_transformer((encoder, TEXTS), (SimpleImputer(), NUMBERS))
    transformer.set_output(transform="pandas")
    return make_pipeline(transformer, RandomForestClassifier(5, random_state=0)).fit(rows, target)


@kind(PASSENGERS, "Survived", features=NUMBERS + TEXTS, where=SKLEARN >= (1, 3))
def target_encoder(rows, target):
    encoder = preprocessing.TargetEncoder(random_state=0)
    transformer = make_column_transformer((encoder, TEXTS), (SimpleImputer(), NUMBERS))
    return make_pipeline(transformer, StandardScaler(), LogisticRegression()).fit(rows, target)


@kind(PASSENGERS, "Survived", features=NUMBERS + TEXTS)
def voting_of_pipelines(rows, target):
    members = [
        ("linear", make_pipeline(_by_name(), LogisticRegression())),
        ("forest", make_pipeline(_by_name(), RandomForestClassifier(5, random_state=0))),
    ]
    return VotingClassifier(members, voting="soft").fit(rows, target)


@kind(
    tables.passengers_of_bigquery,
    "Alive",
    features=TEXTS,
    where=_HAS_NONE_IN_TEXTS and _ENCODES_MISSING,
)
def missing_texts_as_none(rows, target):
    return make_pipeline(_encoder(), LogisticRegression()).fit(rows, target)


@kind(PASSENGERS, "Survived", features=TEXTS, where=_ENCODES_MISSING)
def missing_texts_as_a_category(rows, target):
    return make_pipeline(_encoder(), LogisticRegression()).fit(rows, target)


@kind(REVIEWS, "mood", features=["text"], hand="series")
def texts_by_tfidf(rows, target):
    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(rows, target)


@kind(REVIEWS, "liked", features=["text"], hand="series")
def texts_by_count(rows, target):
    return make_pipeline(CountVectorizer(ngram_range=(1, 2)), MultinomialNB()).fit(rows, target)


@kind(REVIEWS, "mood", features=["text"], hand="series")
def texts_by_union(rows, target):
    union = FeatureUnion(
        [("words", TfidfVectorizer()), ("letters", TfidfVectorizer(analyzer="char"))]
    )
    return make_pipeline(union, LinearSVC(random_state=0)).fit(rows, target)


@kind(REVIEWS, "liking", features=["text", "stars"])
def texts_beside_numbers(rows, target):
    transformer = make_column_transformer(
        (TfidfVectorizer(), "text"), (StandardScaler(), ["stars"])
    )
    return make_pipeline(transformer, Ridge()).fit(rows, target)


@kind(PASSENGERS, "Survived", features=NUMBERS)
def oversampled(rows, target):
    return make_imbalanced_pipeline(
        SimpleImputer(), StandardScaler(), SMOTE(random_state=0), LogisticRegression()
    ).fit(rows, target)


@kind(PASSENGERS, "Alive", features=NUMBERS + TEXTS)
def oversampled_first(rows, target):
    return make_imbalanced_pipeline(
        RandomOverSampler(random_state=0), _by_name(), RandomForestClassifier(10, random_state=0)
    ).fit(rows, target)


@kind(PASSENGERS, "Survived", features=NUMBERS + TEXTS)
def encoded_by_target(rows, target):
    encoder = category_encoders.TargetEncoder(cols=TEXTS)
    return make_pipeline(encoder, SimpleImputer(), LogisticRegression()).fit(rows, target)


@kind(PASSENGERS, "Price", features=NUMBERS + TEXTS)
def encoded_by_order(rows, target):
    encoder = category_encoders.OrdinalEncoder()
    model = RandomForestRegressor(10, random_state=0)
    return make_pipeline(encoder, SimpleImputer(), model).fit(rows, target)


@kind(PASSENGERS, "Survived", features=NUMBERS, dump="dill")
def function_written_by_dill(rows, target):
    # As in a notebook: the function is of no module that could be imported again.
    notebook = {"__name__": "__main__", "np": np}
    exec("def logarithms(numbers): return np.log1p(numbers)", notebook)  # noqa: S102  (as a cell of a notebook does)
    logarithms = FunctionTransformer(notebook["logarithms"])
    return make_pipeline(logarithms, SimpleImputer(), LogisticRegression()).fit(rows, target)


@kind(PASSENGERS, "Price", features=["Boarded", "Fare"], dump="cloudpickle")
def function_written_by_cloudpickle(rows, target):
    def months(frame):
        return frame.assign(Boarded=frame["Boarded"].dt.month)

    return make_pipeline(FunctionTransformer(months), Ridge()).fit(rows, target)
