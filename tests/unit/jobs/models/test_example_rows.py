"""Guesses of a row that a model answers: what it knows first, then numbers, then texts."""

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from jobs.dataframes.arrow_types import ARROW_TYPES
from jobs.drift.profile import training_baseline
from jobs.models.description import ModelDescription
from jobs.models.example_rows import guesses
from jobs.models.signature import model_signature
from jobs.publishing.author_model import describe
from tests.in_process_model import InProcessModel

FRAME = pd.DataFrame({"age": [1.0, 2.0, 3.0], "sex": ["f", "m", "f"], "deck": [3, 4, 5]})
ENCODED = make_pipeline(
    make_column_transformer(
        (OneHotEncoder(), ["sex"]), (OrdinalEncoder(), ["deck"]), remainder="passthrough"
    ),
    LogisticRegression(),
).fit(FRAME, [0, 1, 0])


def described(*names, **facts):
    return ModelDescription("mine.Model", predicts=True, is_class=False, features=names, **facts)


def rows(model, metadata=None):
    """The guesses, each as the one row that it is."""
    signature = model_signature(model, metadata or {})
    batches = list(guesses(model, signature, metadata or {}))
    assert {batch.num_rows for batch in batches} <= {1}
    return [batch.to_pylist()[0] for batch in batches]


def types(*columns):
    return {"signature": {"inputs": [{"name": n, "type": kind} for n, kind in columns]}}


def test_without_any_knowledge_zeros_come_first_then_ones_then_texts():
    assert rows(described("x", "y")) == [
        {"x": 0.0, "y": 0.0},
        {"x": 1.0, "y": 1.0},
        {"x": "a", "y": "a"},
    ]


def test_an_example_of_the_author_s_comes_first():
    metadata = {"input_example": [{"x": 3, "y": "red", "more": 1}, {"x": 4, "y": "blue"}]}
    assert rows(described("x", "y"), metadata)[0] == {"x": 3, "y": "red"}
    assert len(rows(described("x", "y", "z"), metadata)) == 3  # it lacks a feature


def test_a_value_that_an_encoder_knows_is_used_in_every_guess():
    found = rows(described("x", "sex", known_values={"sex": "f", "x": 7}))
    assert {(row["x"], row["sex"]) for row in found} == {(7, "f")}


def test_the_category_that_was_seen_most_often_is_used():
    table = pa.table({"sex": ["m", "f", "m"], "x": [1.0, 2.0, 3.0]})
    metadata = {"baseline": training_baseline(table)}
    assert {row["sex"] for row in rows(described("sex", "x"), metadata)} == {"m"}


def test_a_declared_type_decides_the_column_s_type():
    metadata = types(("day", "DATE"), ("at", "TIMESTAMP"), ("name", "STRING"), ("n", "INT64"))
    model = described("day", "at", "name", "n")
    batch = next(guesses(model, model_signature(model, metadata), metadata))
    assert [field.type for field in batch.schema] == [
        pa.date32(),
        pa.timestamp("us", "UTC"),
        pa.string(),
        pa.int64(),
    ]
    assert batch.to_pylist()[0]["day"] == dt.date(1970, 1, 1)


def test_a_value_that_the_model_knows_counts_more_than_a_declared_type():
    metadata = types(("deck", "INTEGER"))
    found = rows(described("deck", known_values={"deck": "C"}), metadata)
    assert {row["deck"] for row in found} == {"C"}


def test_columns_of_a_model_that_was_fitted_on_an_array_are_numbered():
    model = ModelDescription("mine.Model", predicts=True, is_class=False, feature_count=2)
    assert rows(model)[0] == {"column_1": 0.0, "column_2": 0.0}
    assert rows(model, {"features": ["a", "b"]})[0] == {"a": 0.0, "b": 0.0}


def test_a_model_that_does_not_say_how_many_columns_it_takes_has_no_guess():
    assert rows(ModelDescription("mine.Model", predicts=True, is_class=False)) == []


@pytest.mark.parametrize(
    ("estimator", "columns"),
    [(ENCODED, list(FRAME)), (LinearRegression().fit(FRAME[["age"]], [1, 2, 3]), ["age"])],
    ids=["encoders", "numbers"],
)
def test_a_model_answers_the_first_guess_of_its_own_columns(estimator, columns):
    model = describe(estimator)
    batch = next(guesses(model, model_signature(model, {}), {}))
    assert batch.schema.names == columns
    assert len(InProcessModel(estimator).predict(batch)[0]) == 1


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)


@given(
    known=st.dictionaries(st.sampled_from("xyz"), VALUES),
    example=st.dictionaries(st.sampled_from("xyz"), VALUES | st.lists(VALUES) | st.just({})),
    declared=st.dictionaries(st.sampled_from("xyz"), st.sampled_from([*ARROW_TYPES, "GEOGRAPHY"])),
)
def test_whatever_is_known_there_is_a_guess_or_none_but_no_error(known, example, declared):
    model = described("x", "y", "z", known_values=known)
    metadata = {"input_example": example, **types(*declared.items())}
    for batch in guesses(model, model_signature(model, metadata), metadata):
        assert batch.schema.names == ["x", "y", "z"]
        assert batch.serialize().size  # it can be sent
