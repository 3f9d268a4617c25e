import pyarrow as pa
import pytest

from jobs.dataframes.arrow_types import ARROW_TYPES, api_name, arrow_type, type_name
from shared.errors import InvalidArgument


@pytest.mark.parametrize("name", [*ARROW_TYPES, "BIGNUMERIC"])
def test_a_bigquery_type_survives_its_arrow_type(name):
    assert type_name(arrow_type(name)) == name


@pytest.mark.parametrize("name", ["JSON", "GEOGRAPHY"])
def test_types_without_an_arrow_type_are_strings(name):
    assert arrow_type(name) == pa.string()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("INT64", "INTEGER"),
        ("float64", "FLOAT"),
        ("Bool", "BOOLEAN"),
        ("STRUCT", "RECORD"),
        ("string", "STRING"),
    ],
)
def test_names_of_googlesql_become_names_of_the_api(name, expected):
    assert api_name(name) == expected


def test_googlesql_s_names_have_arrow_types_too():
    assert arrow_type("int64") == pa.int64()


@pytest.mark.parametrize("name", ["RECORD", "INTERVAL", "RANGE"])
def test_a_type_that_load_jobs_do_not_accept_is_refused(name):
    with pytest.raises(InvalidArgument, match=f"{name} columns cannot be written"):
        arrow_type(name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (pa.int8(), "INTEGER"),
        (pa.float32(), "FLOAT"),
        (pa.large_string(), "STRING"),
        (pa.date64(), "DATE"),
        (pa.time32("s"), "TIME"),
        (pa.timestamp("ns"), "DATETIME"),
        (pa.timestamp("ns", "Europe/Berlin"), "TIMESTAMP"),
        (pa.struct([("a", pa.int64())]), "RECORD"),
        (pa.duration("s"), None),
        (pa.null(), None),
        (pa.list_(pa.int64()), None),
    ],
    ids=str,
)
def test_an_arrow_type_has_the_bigquery_type_of_its_values(kind, name):
    assert type_name(kind) == name


@pytest.mark.parametrize(
    ("precision", "scale", "name"),
    [(38, 9, "NUMERIC"), (29, 0, "NUMERIC"), (30, 0, "BIGNUMERIC"), (20, 10, "BIGNUMERIC")],
)
def test_decimals_are_numeric_up_to_29_digits_before_and_9_after_the_point(precision, scale, name):
    assert type_name(pa.decimal128(precision, scale)) == name
