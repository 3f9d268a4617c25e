"""Values that encoders know, and values as JSON has them."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from runtimes.model_process.known_values import json_value, known_values

FRAME = pd.DataFrame({"age": [1.0, 2.0, 3.0], "sex": ["f", "m", "m"], "deck": ["B", "A", "B"]})


@pytest.mark.parametrize("columns", [["sex", "deck"], [1, 2]])
@pytest.mark.parametrize("inner", [["sex"], [0]])
def test_column_transformers_within_column_transformers_know_values(columns, inner):
    if isinstance(columns[0], str) != isinstance(inner[0], str) and isinstance(columns[0], int):
        inner = ["sex"]
    within = make_column_transformer((OrdinalEncoder(), inner), (OneHotEncoder(), [-1]))
    outer = make_column_transformer((within, columns), (StandardScaler(), ["age"]))
    model = make_pipeline(make_pipeline(outer), LogisticRegression()).fit(FRAME, [0, 1, 0])
    assert known_values(model) == {"sex": "f", "deck": "A"}


def test_a_place_that_is_none_is_no_error():
    columns = make_column_transformer((OneHotEncoder(), ["sex"]))
    model = make_pipeline(columns, LogisticRegression()).fit(FRAME, [0, 1, 0])
    columns.transformers_ = [("a", columns.transformers_[0][1], [99])]
    assert known_values(model) == {"99": "f"}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None),
        (True, True),
        ("a", "a"),
        (1, 1),
        (2**63, str(2**63)),
        (0.5, 0.5),
        (math.inf, "inf"),
        (np.datetime64("2026-01-01"), "2026-01-01"),
    ],
)
def test_a_value_is_one_of_json(value, found):
    assert json_value(value) == found
