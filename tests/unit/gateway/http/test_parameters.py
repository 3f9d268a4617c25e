import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest

from gateway.http.parameters import parameters, require_known_parameters, with_idempotency_key
from shared.errors import InvalidArgument

APP = Flask(__name__)


def parsed(url="/", lists=frozenset(), **options):
    with APP.test_request_context(url, **options):
        return parameters(lists)


def test_parameters_come_from_the_query_and_from_the_body():
    assert parsed("/?a=1", method="POST", json={"b": [2]}) == {"a": "1", "b": [2]}


def test_only_a_list_may_be_repeated():
    assert parsed("/?k=a&k=b&x=1", frozenset({"k"})) == {"k": ["a", "b"], "x": "1"}
    with pytest.raises(InvalidArgument, match="parameter x is given more than once"):
        parsed("/?x=1&x=2", frozenset({"k"}))


@pytest.mark.parametrize("body", ["[1]", "1", "null", '"a"', "[" * 100_000])
def test_a_body_that_is_no_object_is_rejected(body):
    with pytest.raises(InvalidArgument, match="must be a JSON object"):
        parsed(method="POST", data=body)


def test_a_body_that_is_no_json_is_a_bad_request():
    with pytest.raises(BadRequest):
        parsed(method="POST", data="{")


def test_a_parameter_is_either_in_the_query_or_in_the_body():
    with pytest.raises(InvalidArgument, match="parameter a is both"):
        parsed("/?a=1", method="POST", json={"a": "1"})


@pytest.mark.parametrize(
    ("headers", "raw", "expected"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"Idempotency-Key": "k"}, {"a": 1}, {"a": 1, "run_id": "k"}),
        ({"Idempotency-Key": "k"}, {"run_id": "k"}, {"run_id": "k"}),
        ({}, {"run_id": "k"}, {"run_id": "k"}),
    ],
)
def test_the_idempotency_key_is_the_run_id(headers, raw, expected):
    with APP.test_request_context(headers=headers):
        assert with_idempotency_key(raw) == expected


def test_an_idempotency_key_and_another_run_id_contradict_each_other():
    with (
        APP.test_request_context(headers={"Idempotency-Key": "k"}),
        pytest.raises(InvalidArgument, match="differ"),
    ):
        with_idempotency_key({"run_id": "other"})


def test_every_unknown_parameter_is_named_with_the_known_ones():
    require_known_parameters({"a": 1}, {"a", "b"})
    with pytest.raises(InvalidArgument, match=r"unknown parameter x, y \(known: a, b\)"):
        require_known_parameters({"y": 1, "a": 1, "x": 1}, {"b", "a"})
    with pytest.raises(InvalidArgument, match=r"\(known: none\)"):
        require_known_parameters({"x": 1})
