"""What a model's process may say: anything else is refused, and texts are cut."""

import json

import pytest

from jobs.models.description import (
    CheckAnswer,
    Labels,
    ModelDescription,
    Part,
    Readiness,
    Refusal,
    decode,
    printable,
)
from shared.errors import FailedPrecondition

LEAST = {"estimator": "mine.Model", "predicts": True, "is_class": False}


def described(**facts):
    return decode(json.dumps(LEAST | facts).encode(), ModelDescription)


def test_what_a_process_leaves_out_has_a_default():
    found = described()
    assert (found.parts, found.features, found.outputs) == (None, None, None)
    assert (found.takes, found.is_fitted, found.known_values) == ("frame", True, {})


def test_a_whole_description_is_read():
    found = described(
        parts=[{"key": "model", "estimator": "a.B", "predicts": True, "transforms": False}],
        features=["x", "ü"],
        feature_count=2,
        outputs=[{"type": "INTEGER", "dtype": "int64", "classes": [0, 1]}],
        known_values={"ü": "red", "x": 1.5},
        versions={"sklearn": "1.9.1"},
    )
    assert found.parts == (Part("model", "a.B", predicts=True, transforms=False),)
    assert found.features == ("x", "ü")
    assert found.outputs == (Labels("INTEGER", "int64", (0, 1)),)
    assert found.known_values == {"ü": "red", "x": 1.5}


def test_what_a_later_runtime_says_besides_is_ignored():
    assert described(of_a_later_runtime=1) == described()


@pytest.mark.parametrize(
    "facts",
    [
        {"predicts": 1},
        {"estimator": None},
        {"estimator": "x" * 1001},
        {"takes": "anything"},
        {"features": "abc"},
        {"features": [1]},
        {"features": ["x"] * 100_001},
        {"feature_count": 1.5},
        {"output_count": 0},
        {"output_count": 10_001},
        {"outputs": [{"type": "GEOGRAPHY", "dtype": "O", "classes": []}]},
        {"outputs": [{"type": None, "dtype": "O", "classes": [[1]]}]},
        {"outputs": [{"type": None, "dtype": "O", "classes": [0] * 101}]},
        {"known_values": {"x": {"y": 1}}},
        {"versions": {"sklearn": 1}},
        {"parts": [{"key": "a"}]},
    ],
    ids=lambda facts: str(facts)[:40],
)
def test_facts_of_another_form_are_refused(facts):
    with pytest.raises(FailedPrecondition, match="something else than a description") as caught:
        described(**facts)
    assert caught.value.reason == "MODEL_CRASHED"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"probabilities": NaN}',
        b'{"probabilities": "\\udc80"}',
        b'{"probabilities":' + b"[" * 100_000,
        b"{}",
    ],
    ids=lambda content: str(content[:30]),
)
def test_bytes_of_another_form_are_refused(content):
    with pytest.raises(FailedPrecondition) as caught:
        decode(content, Readiness)
    assert len(caught.value.detail) <= 501


def test_the_other_messages_are_read():
    assert decode(b'{"probabilities": true}', Readiness).probabilities
    assert decode(b'{"problem": "p", "is_fitted": false}', CheckAnswer) == CheckAnswer(
        raised=None, problem="p", is_fitted=False
    )


@pytest.mark.parametrize("reason", ["", "lower", "A" * 41, "WITH SPACE", "A\n"])
def test_a_reason_is_a_code(reason):
    with pytest.raises(FailedPrecondition):
        decode(json.dumps({"reason": reason, "sentence": "s"}).encode(), Refusal)


def test_a_refusal_is_one_printable_line_of_bounded_length():
    sentence = "first\n\x1b[31msecond\u2028third " + "x" * 2_000
    refusal = decode(json.dumps({"reason": "ANY", "sentence": sentence}).encode(), Refusal)
    assert refusal.sentence.startswith("first [31msecond third xxx")
    assert len(refusal.sentence) == 501


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("  two\t words\r\n", "two words"),
        ("n\udc80", "n"),
        ("\u202eevil\x00", "evil"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned(text, line):
    assert printable(text) == line
