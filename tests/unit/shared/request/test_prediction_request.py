from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidArgument
from shared.request.argument_parser import ArgumentParser
from shared.request.parameters import Disposition
from shared.request.prediction_request import PredictionRequest, add_parameters

NEEDED = {
    "env": "dev",
    "input_table": "titanic.passengers",
    "output_table": "titanic.predictions",
    "model_name": "titanic-survival",
    "model_version": "v1",
}
words = st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True)
requests = st.builds(
    PredictionRequest,
    env=st.sampled_from(["dev", "staging", "prod"]),
    input_table=words.map("a.{}".format),
    output_table=words.map("b.{}".format),
    model_name=words.filter(lambda word: word.strip("_") == word),
    model_version=st.integers(0, 99).map("v{}".format) | st.sampled_from(["champion", "latest"]),
    key_columns=st.lists(words, unique=True).map(tuple),
    row_filter=st.sampled_from(["", "a > 1", "s = 'x, y = \"z\"'"]),
    as_of=st.none() | st.datetimes(timezones=st.just(UTC)),
    write_disposition=st.sampled_from(Disposition),
    run_id=words.filter(lambda word: not word.startswith("_")),
)


def parsed(arguments):
    parser = ArgumentParser(prog="predict")
    add_parameters(parser)
    return parser.parse_args(arguments)


def from_arguments(arguments):
    return PredictionRequest.from_namespace(parsed(arguments))


@given(requests)
def test_a_request_is_the_same_after_a_round_trip_by_arguments(request):
    assert from_arguments(request.to_arguments()) == request


def test_arguments_may_be_written_with_a_blank_or_with_an_equals_sign():
    joined = [f"--{name}={value}" for name, value in NEEDED.items()]
    apart = [argument for name, value in NEEDED.items() for argument in (f"--{name}", value)]
    assert from_arguments(joined) == from_arguments(apart)


def test_defaults_are_no_arguments():
    assert len(PredictionRequest.from_mapping(NEEDED).to_arguments()) == len(NEEDED)


def test_key_columns_may_be_a_list_repeated_or_separated_by_commas():
    raw = [["a", "b"], ["a,b"], "a, b", ("a", "b", "a")]
    requests = [PredictionRequest.from_mapping(NEEDED | {"key_columns": each}) for each in raw]
    assert {request.key_columns for request in requests} == {("a", "b")}


def test_every_missing_or_unknown_parameter_is_named_at_once():
    with pytest.raises(InvalidArgument) as caught:
        PredictionRequest.from_mapping({"env": "dev", "model": "x", "input_table": 3})
    assert "unknown parameter model" in caught.value.message
    assert "missing parameter output_table, model_name, model_version" in caught.value.message
    assert "input_table must be a text" in caught.value.message


@pytest.mark.parametrize(
    ("parameter", "value", "sentence"),
    [
        ("model_version", "v1.2", "is not a model version"),
        ("model_name", "a/b", "is not a model name"),
        ("write_disposition", "replace", "use one of append, truncate, empty"),
        ("run_id", "a b", "is not usable"),
        ("key_columns", 5, "must be a list"),
        ("row_filter", "a = 1; DROP TABLE x", "is not a plain condition"),
        ("as_of", "yesterday", "write a time with its zone"),
        ("as_of", "2026-01-01T00:00:00", "write a time with its zone"),
    ],
)
def test_a_malformed_value_is_named_with_the_rule(parameter, value, sentence):
    with pytest.raises(InvalidArgument, match=sentence):
        PredictionRequest.from_mapping(NEEDED | {parameter: value})


def test_input_and_output_are_different_tables():
    request = PredictionRequest.from_mapping(
        NEEDED | {"output_table": "p-12345.titanic.passengers"}
    )
    with pytest.raises(InvalidArgument, match="are both"):
        request.tables("p-12345")


@pytest.mark.parametrize("days", [-0.1, 7.1])
def test_a_time_beyond_time_travel_is_rejected(days):
    now = datetime(2026, 1, 31, tzinfo=UTC)
    as_of = (now - timedelta(days=days)).isoformat()
    request = PredictionRequest.from_mapping(NEEDED | {"as_of": as_of})
    with pytest.raises(InvalidArgument, match="BigQuery remembers the last 7 days"):
        request.require_time_travel(now)


def test_times_are_converted_to_utc():
    request = PredictionRequest.from_mapping(NEEDED | {"as_of": "2026-01-31T09:00:00+01:00"})
    assert request.as_of == datetime(2026, 1, 31, 8, tzinfo=UTC)


def test_dry_run_is_a_flag_of_the_command_line_only():
    arguments = PredictionRequest.from_mapping(NEEDED).to_arguments()
    assert not parsed(arguments).dry_run
    assert parsed([*arguments, "--dry_run"]).dry_run
    assert from_arguments([*arguments, "--dry_run"]).to_arguments() == arguments
