"""Tables to score, what scikit-learn itself says of them, and what the engine says."""

import datetime as dt
from functools import cache

import numpy as np
import pyarrow as pa
from sklearn import dummy, ensemble, tree
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

from jobs.dataframes.arrow_types import arrow_schema
from jobs.prediction.source import rebatch
from jobs.scoring.pipelining import score_in_order
from jobs.scoring.scorer import Scorer
from shared.tables.output_schema import PROBABILITY, OutputSpec
from shared.tables.table import Column
from tests.in_process_model import InProcessModel, signature_of

TYPES = {
    pa.int64(): "INTEGER",
    pa.float64(): "FLOAT",
    pa.string(): "STRING",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.decimal128(38, 9): "NUMERIC",
    pa.timestamp("us", "UTC"): "TIMESTAMP",
}
CONSTANTS = {
    "PredictionTimestamp": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "ModelName": "m",
    "ModelVersion": "v1",
    "ModelGeneration": 5,
    "RunId": "r",
}
ROWS = 400
BLOCK_ROWS = 64
# Whose answer for a row is no matrix product's.
ROW_BY_ROW = (
    dummy.DummyClassifier,
    ensemble.BaggingClassifier,
    ensemble.ExtraTreesClassifier,
    ensemble.GradientBoostingClassifier,
    ensemble.GradientBoostingRegressor,
    ensemble.HistGradientBoostingClassifier,
    ensemble.HistGradientBoostingRegressor,
    ensemble.IsolationForest,
    ensemble.RandomForestClassifier,
    ensemble.RandomForestRegressor,
    tree.DecisionTreeClassifier,
    tree.ExtraTreeClassifier,
)


@cache
def sample():
    """Passengers with NULLs in numbers and in categories, some of them in the last third only."""
    generator = np.random.default_rng(3)
    late = np.arange(ROWS) > ROWS * 2 // 3
    sex = generator.choice(["male", "female", "ünbekannt"], ROWS).astype(object)
    deck = generator.integers(1, 4, ROWS)
    return pa.RecordBatch.from_pydict(
        {
            "id": pa.array(np.arange(ROWS)),
            "age": pa.array(generator.normal(30, 9, ROWS), mask=generator.random(ROWS) < 0.1),
            "siblings": pa.array(generator.integers(0, 5, ROWS), mask=late & (deck == 2)),
            "sex": pa.array(sex, pa.string(), mask=late & (deck == 1)),
            "deck": pa.array(deck),
        }
    )


FEATURES = ["age", "siblings", "sex", "deck"]


def frame(batch):
    """The features as a user gets them of the whole table."""
    return batch.select(FEATURES).to_pandas()


def target():
    rows = frame(sample()).fillna({"age": 30, "siblings": 1, "sex": "?"})
    return rows["age"] / 9 + rows["siblings"] - 2.0 * (rows["sex"] == "male") + rows["deck"]


def labels(values):
    thirds = np.digitize(target(), np.quantile(target(), np.linspace(0, 1, len(values) + 1)[1:-1]))
    return np.asarray(values)[thirds]


def encoded():
    numbers = make_pipeline(SimpleImputer(), MinMaxScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    return make_column_transformer((numbers, FEATURES[:2]), (categories, FEATURES[2:]))


def scored(estimator, batch, *, rows=10_000, workers=2, metadata=None):
    """What the engine answers, as one table."""
    table = [Column(field.name, TYPES[field.type]) for field in batch.schema]
    metadata = metadata or {}
    schema = OutputSpec.of((), metadata).resolve(table, signature_of(estimator, metadata))
    scorer = Scorer(InProcessModel(estimator), schema, CONSTANTS)
    batches = score_in_order(rebatch(iter([batch]), rows), scorer, workers=workers)
    return pa.Table.from_batches(list(batches), arrow_schema(schema))


def assert_equal(output, estimator, rows, *, exactly=True, at_once=None):
    """The engine's table holds what the estimator's own methods answer.

    They are asked for `at_once` rows at a time, or for the whole.
    """
    expected = answers(estimator.predict, rows, at_once).ravel()
    predicted = output["prediction"].to_pylist()
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(predicted, expected, rtol=0 if exactly else 1e-12, atol=0)
    else:
        assert predicted == expected.tolist()
    if PROBABILITY in output.column_names and hasattr(estimator, "predict_proba"):
        matrix = answers(estimator.predict_proba, rows, at_once)
        places = np.searchsorted(estimator.classes_, expected)
        column = 1 if matrix.shape[1] == 2 else places
        wanted = matrix[np.arange(len(matrix)), column]
        tolerance = 0 if exactly else 1e-12
        np.testing.assert_allclose(output[PROBABILITY].to_numpy(), wanted, rtol=tolerance, atol=0)


def answers(method, rows, at_once):
    step = at_once or max(len(rows), 1)
    return np.concatenate([method(rows[at : at + step]) for at in range(0, len(rows), step)])


def assert_equal_in_batches(output, estimator, table, at_once):
    """To the last bit what the estimator says of the same batches, and of the whole table too.

    What multiplies matrices says of the last rows of a batch that fills no block of BLAS's itself
    something else than of the whole: in the last bits, on some processors.
    """
    assert_equal(output, estimator, table, at_once=at_once)
    is_row_by_row = hasattr(estimator, "steps") and isinstance(estimator[-1], ROW_BY_ROW)
    exactly = is_row_by_row or at_once % BLOCK_ROWS == 0
    assert_equal(output, estimator, table, exactly=exactly)
