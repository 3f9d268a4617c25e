"""The Titanic's 1,309 passengers, and a model of who survived.

Source: the list that Frank Harrell and Thomas Cason compiled from the Encyclopedia Titanica and
published as `titanic3`, a public record; `data/titanic.csv` holds it with `?` for what is unknown.
"""

import io
from dataclasses import dataclass
from typing import Any

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from deployment.definitions import REPOSITORY

MODEL = "titanic-survival"
KEY = "PassengerId"
TARGET = "Survived"
NUMBERS = ["Age", "Fare", "SibSp", "Parch"]
CATEGORIES = ["Pclass", "Sex", "Embarked"]

_GOLDEN_ROWS = 100
_TYPES = {
    "Age": "FLOAT",
    "Fare": "FLOAT",
    "SibSp": "INTEGER",
    "Parch": "INTEGER",
    "Pclass": "INTEGER",
    "Sex": "STRING",
    "Embarked": "STRING",
}
_COLUMNS = {
    "pclass": "Pclass",
    "survived": TARGET,
    "name": "Name",
    "sex": "Sex",
    "age": "Age",
    "sibsp": "SibSp",
    "parch": "Parch",
    "ticket": "Ticket",
    "fare": "Fare",
    "cabin": "Cabin",
    "embarked": "Embarked",
}


@dataclass(frozen=True)
class Trained:
    """A fitted pipeline, and the passengers that it has seen and not seen."""

    pipeline: Pipeline
    seen: pd.DataFrame
    unseen: pd.DataFrame

    @property
    def accuracy(self) -> float:
        """Share of the unseen passengers that it predicts correctly."""
        return float(self.pipeline.score(self.unseen[NUMBERS + CATEGORIES], self.unseen[TARGET]))

    @property
    def pickled(self) -> bytes:
        """The pipeline as model.pkl."""
        buffer = io.BytesIO()
        joblib.dump(self.pipeline, buffer)
        return buffer.getvalue()

    @property
    def metadata(self) -> dict[str, Any]:
        """What metadata.json says of it."""
        return {
            "description": "Who survived the Titanic: logistic regression",
            "target": TARGET,
            "features": NUMBERS + CATEGORIES,
            "key_columns": [KEY],
            "training_data": {"rows": len(self.seen)},
            "metrics": {"accuracy": round(self.accuracy, 4)},
            "golden_rows": self.golden_rows,
        }

    @property
    def golden_rows(self) -> dict[str, Any]:
        """Training rows with the pipeline's own answers, as `publish` writes them."""
        rows = self.seen[NUMBERS + CATEGORIES].head(_GOLDEN_ROWS)
        columns = rows.astype(object).where(rows.notna(), None)
        return {
            "types": _TYPES,
            "rows": {name: columns[name].tolist() for name in columns},
            "predictions": [self.pipeline.predict(rows).tolist()],
            "probabilities": [self.pipeline.predict_proba(rows)[:, 1].tolist()],
        }


def passengers() -> pd.DataFrame:
    """Every passenger, numbered from 1 in the order of the list; shape (1309, 12)."""
    frame = pd.read_csv(REPOSITORY / "data" / "titanic.csv", na_values="?")
    frame = frame[list(_COLUMNS)].rename(columns=_COLUMNS)
    frame.insert(0, KEY, range(1, len(frame) + 1))
    return frame


def train() -> Trained:
    """Fit the pipeline on three quarters of the passengers."""
    seen, unseen = train_test_split(passengers(), test_size=0.25, random_state=1912)
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    columns = make_column_transformer((numbers, NUMBERS), (categories, CATEGORIES))
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=1000))
    pipeline.fit(seen[NUMBERS + CATEGORIES], seen[TARGET])
    return Trained(pipeline, seen, unseen)
