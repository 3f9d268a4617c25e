import datetime as dt
import io
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from jobs.drift.input_profile import InputProfile
from jobs.prediction.shards import write_parquet
from jobs.prediction.source import rebatch
from jobs.scoring.scorer import ProfilingScorer, Scorer
from shared.errors import FailedPrecondition
from shared.tables.output_schema import OutputSpec
from shared.tables.table import Column
from tests.in_process_model import InProcessModel, signature_of

GENERATOR = np.random.default_rng(7)
FRAME = pd.DataFrame(
    {
        "id": np.arange(300),
        "x": GENERATOR.normal(size=300),
        "colour": GENERATOR.choice(["red", "green", "blü"], 300),
    }
)
FEATURES = FRAME[["x", "colour"]]
TABLE = (Column("id", "INTEGER"), Column("x", "FLOAT"), Column("colour", "STRING"))
CONSTANTS = {
    "PredictionTimestamp": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "ModelName": "m",
    "ModelVersion": "v1",
    "ModelGeneration": 5,
    "RunId": "r",
}


def pipeline(estimator):
    encoder = make_column_transformer((StandardScaler(), ["x"]), (OneHotEncoder(), ["colour"]))
    return make_pipeline(encoder, estimator)


def scorer_of(estimator, table=TABLE, metadata=None):
    schema = OutputSpec((), "prediction").resolve(table, signature_of(estimator, metadata))
    return Scorer(InProcessModel(estimator), schema, CONSTANTS)


def scored(estimator, batch, table=TABLE, metadata=None):
    return scorer_of(estimator, table, metadata).score(batch)


def labels(values):
    score = FRAME["x"] + (FRAME["colour"] == "red")
    return np.asarray(values)[np.digitize(score, [0, 1][: len(values) - 1])]


@pytest.mark.parametrize(
    "values",
    [[0, 1], [False, True], ["no", "yes"], [0.0, 1.0], [3, 5, 9], ["a", "ö", "z"]],
    ids=str,
)
@pytest.mark.parametrize("estimator", [LogisticRegression(), RandomForestClassifier(20)], ids=str)
def test_labels_and_probabilities_are_the_pipeline_s_own(estimator, values):
    model = pipeline(estimator).fit(FEATURES, labels(values))
    output = scored(model, pa.RecordBatch.from_pandas(FRAME)).to_pandas()
    expected = model.predict(FEATURES)
    probabilities = model.predict_proba(FEATURES)
    assert output["prediction"].tolist() == expected.tolist()
    of_predicted = probabilities.max(axis=1) if len(values) > 2 else probabilities[:, 1]
    assert np.array_equal(output["PredictionProbability"], of_predicted)
    assert output["id"].tolist() == FRAME["id"].tolist()


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (LinearRegression(), "f"),
        (KMeans(3, n_init=1), "i"),
        (IsolationForest(n_estimators=10), "i"),
    ],
    ids=str,
)
def test_what_is_no_classifier_predicts_numbers_without_a_probability(estimator, kind):
    model = pipeline(estimator).fit(FEATURES, FRAME["id"] * 0.5)
    output = scored(model, pa.RecordBatch.from_pandas(FRAME)).to_pandas()
    assert "PredictionProbability" not in output
    assert output["prediction"].dtype.kind == kind
    assert np.array_equal(output["prediction"], model.predict(FEATURES))


def test_a_classifier_without_probabilities_leaves_them_null():
    model = pipeline(LinearSVC()).fit(FEATURES, labels([0, 1]))
    output = scored(model, pa.RecordBatch.from_pandas(FRAME))
    assert output.column("PredictionProbability").null_count == len(FRAME)


def test_the_batch_size_changes_nothing():
    model = pipeline(LogisticRegression()).fit(FEATURES, labels([0, 1]))
    whole = pa.RecordBatch.from_pandas(FRAME)
    parts = [scored(model, batch) for batch in rebatch(iter([whole]), rows=64)]
    assert pa.Table.from_batches(parts).equals(pa.Table.from_batches([scored(model, whole)]))


def test_a_scorer_takes_batches_of_any_size_one_after_the_other():
    model = pipeline(LogisticRegression()).fit(FEATURES, labels([0, 1]))
    scorer = scorer_of(model)
    whole = pa.RecordBatch.from_pandas(FRAME)
    expected = scored(model, whole)
    for start, rows in [(0, 64), (0, 256), (64, 128), (0, 0), (0, 300)]:
        output = scorer.score(whole.slice(start, rows))
        assert output.equals(expected.slice(start, rows))


def test_an_estimator_fitted_without_names_takes_the_metadata_s():
    model = LinearRegression().fit(FRAME[["x"]].to_numpy(), FRAME["id"])
    batch = pa.RecordBatch.from_pandas(FRAME)
    output = scored(model, batch, metadata={"features": ["x"]}).to_pandas()
    assert np.array_equal(output["prediction"], model.predict(FRAME[["x"]].to_numpy()))
    with pytest.raises(FailedPrecondition, match="does not know its feature columns"):
        scorer_of(model)


def test_keys_of_every_type_travel_exactly():
    model = LinearRegression().fit(FRAME[["x"]], FRAME["id"])
    moment = dt.datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
    keys = {
        "i": (pa.array([1, None], pa.int64()), "INTEGER"),
        "n": (pa.array([Decimal("1.5"), None], pa.decimal128(38, 9)), "NUMERIC"),
        "b": (pa.array([True, None]), "BOOLEAN"),
        "d": (pa.array([dt.date(1900, 1, 1), None]), "DATE"),
        "t": (pa.array([moment, None], pa.timestamp("us", "UTC")), "TIMESTAMP"),
        "s": (pa.array(["\U0001f6a2 \x00 ́", None]), "STRING"),
        "y": (pa.array([b"\x00\xff", None]), "BYTES"),
    }
    arrays = {name: array for name, (array, _) in keys.items()} | {"x": pa.array([0.5, 1.5])}
    table = (*(Column(name, kind) for name, (_, kind) in keys.items()), Column("x", "FLOAT"))
    output = scored(model, pa.RecordBatch.from_pydict(arrays), table=table)
    for name, (array, _) in keys.items():
        assert output.column(name).equals(array)


def test_numeric_features_are_numbers_to_the_model():
    model = LinearRegression().fit(FRAME[["x"]], FRAME["id"])
    column = pa.array([Decimal("0.5"), Decimal("1.25")], pa.decimal128(38, 9))
    output = scored(model, pa.RecordBatch.from_pydict({"x": column}), (Column("x", "NUMERIC"),))
    expected = model.predict(pd.DataFrame({"x": [0.5, 1.25]}))
    assert output.column("prediction").to_pylist() == expected.tolist()


def test_rows_that_the_model_refuses_are_an_error_with_its_words():
    model = pipeline(LogisticRegression()).fit(FEATURES, labels([0, 1]))
    batch = pa.RecordBatch.from_pandas(FRAME.assign(colour="violet"))
    with pytest.raises(FailedPrecondition, match="violet"):
        scored(model, batch)


def test_a_shard_s_footer_holds_the_profile_of_all_input_rows():
    table = (Column("x_1", "FLOAT"),)
    model = LinearRegression().fit(FRAME[["x"]].rename(columns={"x": "x_1"}), FRAME["id"])
    schema = OutputSpec((), "p").resolve(table, signature_of(model))
    scorer = ProfilingScorer(Scorer(InProcessModel(model), schema, CONSTANTS), schema, {})
    parts = [pa.RecordBatch.from_pydict({"x_1": pa.array(each)}) for each in ([1.0, 2.0], [4.0])]
    shard = io.BytesIO()
    write_parquet(shard, schema, map(scorer.score, parts))
    profile = InputProfile.from_schema_metadata(pq.read_metadata(shard).metadata)
    assert (profile.rows, profile.sampled) == (3, 3)
    assert (profile.features["x_1"].minimum, profile.features["x_1"].maximum) == (1.0, 4.0)
