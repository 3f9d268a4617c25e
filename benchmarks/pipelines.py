"""The pipelines that are measured: one preprocessing, three estimators."""

from typing import Any

import pyarrow as pa
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.passengers import CATEGORIES, FEATURES, NUMBERS, passengers, survival

_TRAINING_ROWS = 20_000
_TRAINING_FIRST = 1_000_000_000
_ESTIMATORS: dict[str, Any] = {
    "logistic regression": LogisticRegression(max_iter=1000),
    "random forest": RandomForestClassifier(100, max_depth=8, random_state=0, n_jobs=-1),
    "gradient boosting": HistGradientBoostingClassifier(random_state=0),
}
PIPELINES = tuple(_ESTIMATORS)


def trained_pipeline(name: str) -> Pipeline:
    """One of `PIPELINES`, fitted on passengers of whom none is ever scored."""
    table = pa.Table.from_batches(passengers(_TRAINING_ROWS, first=_TRAINING_FIRST))
    batch = table.combine_chunks().to_batches()[0]
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    columns = make_column_transformer((numbers, NUMBERS), (categories, CATEGORIES))
    pipeline = make_pipeline(columns, _ESTIMATORS[name])
    return pipeline.fit(batch.to_pandas()[FEATURES], survival(batch))
