"""Models to inspect, honest and not, as the bytes of their files."""

import io
import pickle

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import ClassifierChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

FRAME = pd.DataFrame(
    {"age": [22.0, 38.0, 26.0, 35.0, 54.0, 2.0], "sex": ["m", "f", "f", "f", "m", "m"]}
)
AGES = FRAME[["age"]]
SURVIVED = [0, 1, 1, 1, 0, 0]
BOTH = np.column_stack([SURVIVED, [1, 0, 0, 1, 1, 0]])
TEXTS = ["good day", "bad day", "good", "bad night", "good night", "bad"]


def dumped(model):
    """The file that `joblib.dump` writes."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()


def pipeline():
    """A classifier of the ages and sexes."""
    columns = make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), ["sex"]))
    return make_pipeline(columns, LogisticRegression()).fit(FRAME, SURVIVED)


def regression():
    """A regressor of the ages."""
    return LinearRegression().fit(AGES, [7.25, 71.28, 7.92, 53.1, 51.86, 21.07])


def on_array():
    """A classifier that knows no names of its columns."""
    return LogisticRegression().fit(AGES.to_numpy(), SURVIVED)


def of_texts():
    """A classifier of texts."""
    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, SURVIVED)


def forest_of_two():
    """A classifier of two outputs."""
    return RandomForestClassifier(4, random_state=0).fit(AGES, BOTH)


def chain():
    """A chain of two classifiers."""
    return ClassifierChain(LogisticRegression()).fit(AGES, BOTH)


def parts():
    """A dictionary of a scaler and a model."""
    scaler = StandardScaler().fit(AGES)
    return {"scaler": scaler, "model": on_array(), "columns": ["age"]}


def of_wrong_probabilities():
    """A tree whose probabilities are twice what they should be."""
    tree = DecisionTreeClassifier(max_depth=1).fit(AGES, SURVIVED)
    tree.tree_.value[:] *= 2
    return tree


def of_another_shape():
    """A regressor that answers a matrix of three columns and two rows, whatever it is asked."""
    model = regression()
    model.intercept_ = np.zeros((2, 3))
    return model


def raising():
    """A regressor whose coefficients do not fit its columns."""
    model = regression()
    model.coef_ = np.zeros(5)
    return model


def of_labels_without_a_type():
    """A classifier of complex numbers."""
    model = LogisticRegression().fit(AGES, SURVIVED)
    model.classes_ = np.array([1j, 2j])
    return model


def of_another_version(version):
    """The file of a model that another scikit-learn has written."""
    content = pickle.dumps(on_array(), 0)
    own = on_array().__getstate__()["_sklearn_version"]
    return content.replace(own.encode(), version.encode())


def naming(module, name):
    """The file of an object of a class that it names, with an empty state."""
    return b"\x80\x04c" + f"{module}\n{name}\n".encode() + b")\x81}b."
