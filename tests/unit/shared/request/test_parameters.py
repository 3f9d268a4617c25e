from dataclasses import dataclass, fields
from datetime import UTC, datetime

import pytest

from shared.errors import InvalidArgument
from shared.request.parameters import (
    Disposition,
    column_names,
    disposition,
    is_list,
    is_required,
    parameter,
    problems_of,
    raw_values,
    timestamp,
    value_of,
)


@dataclass
class Request:
    table: str = parameter("the table")
    columns: tuple[str, ...] = parameter("the columns", (), column_names)
    run: str = parameter("the run", "")


PARAMETERS = {each.name: each for each in fields(Request)}


def test_a_parameter_is_required_without_a_default_and_a_list_by_its_default():
    assert [name for name, each in PARAMETERS.items() if is_required(each)] == ["table"]
    assert [name for name, each in PARAMETERS.items() if is_list(each)] == ["columns"]


def test_a_value_is_parsed_by_its_parameter():
    assert value_of(PARAMETERS["columns"], "a,b") == ("a", "b")
    assert value_of(PARAMETERS["run"], "a,b") == "a,b"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"table": "t", "columns": ["a"]}, []),
        ({}, ["missing parameter table"]),
        ({"table": "t", "tables": "t"}, ["unknown parameter tables (known: columns, run, table)"]),
        ({"table": 1, "run": None}, ["table must be a text", "run must be a text"]),
        (
            {"x": 1, "run": 2},
            [
                "unknown parameter x (known: columns, run, table)",
                "missing parameter table",
                "run must be a text",
            ],
        ),
    ],
)
def test_every_problem_with_names_and_types_is_a_phrase(given, expected):
    assert problems_of(given, PARAMETERS) == expected


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (("a", "b"), ["a", "b"]),
        ((), []),
        (datetime(2026, 1, 31, 9, tzinfo=UTC), ["2026-01-31T09:00:00+00:00"]),
        (Disposition.EMPTY, ["empty"]),
        ("x = 'a,b'", ["x = 'a,b'"]),
    ],
)
def test_a_list_has_a_raw_value_for_each_element(value, raw):
    assert raw_values(value) == raw


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("a, b ,,a", ("a", "b")),
        (["a,b", " c "], ("a", "b", "c")),
        (("b", "a", "b"), ("b", "a")),
        ("", ()),
        ([], ()),
    ],
)
def test_column_names_are_split_at_commas_without_duplicates(raw, names):
    assert column_names(raw) == names


@pytest.mark.parametrize("raw", [5, None, [1], ["a", None]])
def test_column_names_are_texts(raw):
    with pytest.raises(InvalidArgument, match="must be a list of column names"):
        column_names(raw)


@pytest.mark.parametrize("raw", ["truncate", "TRUNCATE", "WRITE_TRUNCATE", "write_truncate"])
def test_a_disposition_has_our_name_or_bigquery_s(raw):
    assert disposition(raw) is Disposition.TRUNCATE
    assert disposition(raw).for_bigquery == "WRITE_TRUNCATE"


@pytest.mark.parametrize("raw", ["", "replace", "write_", "append "])
def test_an_unknown_disposition_is_rejected(raw):
    with pytest.raises(InvalidArgument, match="use one of append, truncate, empty"):
        disposition(raw)


@pytest.mark.parametrize("raw", ["2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z"])
def test_a_timestamp_is_in_utc(raw):
    assert timestamp(raw) == datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert timestamp(raw).tzinfo is UTC


@pytest.mark.parametrize(
    "raw", ["", "now", "2026-01-31", "2026-01-31T09:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_timestamp_without_a_zone_or_out_of_range_is_rejected(raw):
    with pytest.raises(InvalidArgument, match="write a time with its zone"):
        timestamp(raw)
