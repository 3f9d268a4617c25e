from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from google.cloud.bigquery import ArrayQueryParameter, ScalarQueryParameter

from mlsys.query_parameters import query_parameters
from shared.errors import InvalidArgument


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "BOOL"),
        (1, "INT64"),
        (np.int32(1), "INT64"),
        (0.5, "FLOAT64"),
        (np.float32(0.5), "FLOAT64"),
        ("x'; DROP TABLE t", "STRING"),
        (b"x", "BYTES"),
        (Decimal("1.5"), "NUMERIC"),
        (date(2026, 1, 31), "DATE"),
        (time(9), "TIME"),
        (datetime(2026, 1, 31), "DATETIME"),  # noqa: DTZ001  (a DATETIME has no zone)
        (datetime(2026, 1, 31, tzinfo=UTC), "TIMESTAMP"),
        (pd.Timestamp("2026-01-31", tz="UTC"), "TIMESTAMP"),
    ],
    ids=repr,
)
def test_a_python_value_gets_the_matching_bigquery_type(value, kind):
    (parameter,) = query_parameters({"p": value})
    assert (parameter.name, parameter.type_, parameter.value) == ("p", kind, value)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "INT64"),
        ((1, 2.5), "FLOAT64"),
        ({"a"}, "STRING"),
        (np.array([1, 2]), "INT64"),
        (pd.Series(["a", "b"]), "STRING"),
    ],
    ids=repr,
)
def test_several_values_are_an_array(values, kind):
    (parameter,) = query_parameters({"p": values})
    assert (parameter.array_type, list(values)) == (kind, parameter.values)


@pytest.mark.parametrize("value", [None, [], [1, "a"], [None], {"a": 1}, Ellipsis], ids=repr)
def test_a_value_without_a_bigquery_type_is_refused_by_name(value):
    with pytest.raises(InvalidArgument, match=r"params\['p'\] .*bigquery\.\w+QueryParameter"):
        query_parameters({"p": value})


def test_bigquery_s_own_parameters_pass():
    given = {
        "n": ScalarQueryParameter("n", "INT64", None),
        "a": ArrayQueryParameter("a", "DATE", []),
    }
    assert query_parameters(given) == list(given.values())
