import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from runtimes.model_process.features import feature_frame


def frame(array):
    return feature_frame(pa.RecordBatch.from_pydict({"feature": array}))


MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "kind", "dtype"),
    [
        (3, pa.int64(), "float64"),
        (Decimal("1.5"), pa.decimal128(38, 9), "float64"),
        (1.5, pa.float64(), "float64"),
        (True, pa.bool_(), "object"),
        ("ü", pa.string(), "str"),
        (dt.date(1, 1, 1), pa.date32(), "datetime64[s]"),
        (MOMENT, pa.timestamp("us", "UTC"), "datetime64[us, UTC]"),
        (b"\xff", pa.binary(), "object"),
        (dt.time(1), pa.time64("us"), "object"),
    ],
    ids=str,
)
def test_a_dtype_is_the_type_s_own_whatever_the_rows(value, kind, dtype):
    batches = [[value], [None], [value, None]]
    found = {str(frame(pa.array(values, kind)).dtypes.iloc[0]) for values in batches}
    assert found == {dtype} or found == {dtype.replace("[s]", "[ms]")}


def test_booleans_are_true_false_and_none():
    assert frame(pa.array([True, False, None]))["feature"].tolist() == [True, False, None]


def test_integers_that_float64_cannot_hold_stay_integers():
    large = 2**53 + 1
    assert frame(pa.array([large, -large]))["feature"].tolist() == [large, -large]
    assert frame(pa.array([large, -large])).dtypes.iloc[0] == "int64"


def test_columns_keep_their_names_and_their_order():
    batch = pa.RecordBatch.from_pydict({"B": pa.array(["x"]), "a": pa.array([1])})
    expected = pd.DataFrame({"B": pd.Series(["x"], dtype="str"), "a": [1.0]})
    pd.testing.assert_frame_equal(feature_frame(batch), expected)
