"""Over tables of every kind, the cut into batches changes nothing, and pandas' own way agrees."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from threadpoolctl import threadpool_limits

from tests.unit.runtimes.model_process.equality.tables import (
    assert_equal,
    assert_equal_in_batches,
    frame,
    labels,
    sample,
    scored,
    target,
)

UTC = dt.UTC
TYPES = {
    "whole": (pa.int64(), st.integers(-(2**53), 2**53)),
    "real": (pa.float64(), st.floats(-1e9, 1e9)),
    "money": (pa.decimal128(38, 9), st.decimals(-(10**9), 10**9, places=9)),
    "text": (pa.string(), st.text(max_size=4)),
    "yes": (pa.bool_(), st.booleans()),
}
KEYS = {
    "id": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "day": (pa.date32(), st.dates()),
    "moment": (pa.timestamp("us", "UTC"), st.datetimes(timezones=st.just(UTC))),
}


@st.composite
def tables(draw):
    rows = draw(st.integers(1, 40))

    def column(kind, values):
        return pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)

    return pa.RecordBatch.from_pydict(
        {name: column(kind, values) for name, (kind, values) in (TYPES | KEYS).items()}
    )


def training():
    return pa.RecordBatch.from_pydict(
        {
            "whole": pa.array([1, None, 3, 2] * 20),
            "real": pa.array([0.5, 1.5, None, -4] * 20),
            "money": pa.array([Decimal("1.5"), Decimal(3), None, Decimal(2)] * 20),
            "text": pa.array(["a", "ü", None, ""] * 20),
            "yes": pa.array([True, None, False, True] * 20),
        }
    )


def as_pandas(batch):
    """The features as pandas has them where there are NULLs; decimals as the numbers they are."""
    money = batch["money"].cast(pa.float64())
    columns = batch.select(list(TYPES)).set_column(2, "money", money)
    return columns.to_pandas().astype({"whole": "float64", "yes": object})


def mixed(estimator):
    categories = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    answers = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer(
        (SimpleImputer(), ["whole", "real", "money"]),
        (categories, ["text", "whole"]),
        (
            make_pipeline(
                SimpleImputer(strategy="constant", missing_values=None, fill_value=False), answers
            ),
            ["yes"],
        ),
    )
    fates = np.tile([0, 1, 1, 0], 20)
    return make_pipeline(columns, estimator).fit(as_pandas(training()), fates)


MODELS = [
    mixed(RandomForestClassifier(5, random_state=0)),
    mixed(HistGradientBoostingClassifier(max_iter=3)),
    mixed(LogisticRegression(max_iter=5000)),
]


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(tables(), st.integers(1, 50), st.integers(1, 3), st.sampled_from(MODELS))
def test_any_table_in_any_batches_is_scored_as_pandas_and_the_pipeline_would(
    batch, rows, workers, model
):
    with threadpool_limits(1):
        output = scored(model, batch, rows=rows, workers=workers)
        assert_equal_in_batches(output, model, as_pandas(batch), rows)
    for name in KEYS:
        assert output[name].combine_chunks().equals(batch[name])


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_streams_scored_apart_are_the_table_scored_at_once(start):
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["sex", "deck"]), remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=5),
    ).fit(frame(sample()), labels([0, 1]))
    whole = scored(model, sample())
    assert scored(model, sample().slice(start, 100)).equals(
        whole.slice(start, 100).combine_chunks()
    )


def test_a_model_fitted_without_names_takes_the_metadata_s():
    # Row by row, as most arrays are made and as the engine makes them.
    matrix = np.ascontiguousarray(frame(sample())[["age", "deck"]].fillna(30.0).to_numpy())
    model = LinearRegression().fit(matrix, target())
    filled = sample().set_column(1, "age", pa.array(matrix[:, 0]))
    output = scored(model, filled, rows=90, metadata={"features": ["age", "deck"]})
    assert_equal_in_batches(output, model, matrix, 90)


def test_a_target_of_one_column_is_one_output():
    rows = frame(sample())[["deck"]]
    model = LinearRegression().fit(rows, target().to_frame())
    assert model.predict(rows).shape == (400, 1)
    assert_equal(scored(model, sample()), model, rows)


def test_no_rows_are_no_predictions():
    model = LinearRegression().fit(frame(sample())[["deck"]], target())
    assert scored(model, sample().slice(0, 0)).num_rows == 0
