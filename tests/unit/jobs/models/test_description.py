import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.models.description import (
    CheckAnswer,
    ModelDescription,
    Readiness,
    Reason,
    Refusal,
    WallRefusal,
    decode,
    printable,
)
from shared.errors import FailedPrecondition

MODEL_PROCESS = Path(__file__).parents[4] / "runtimes/model_process"
LEAST = {"estimator": "a.B", "predicts": True, "is_class": False}
LABELS = {"type": "STRING", "dtype": "<U3", "classes": ["a", "b"]}
NASTY = "\x1b[31mred\x1b[0m\r\n\x07\u202e\u2028\x00\x9b"


def described(**further):
    return decode(json.dumps({**LEAST, **further}).encode(), ModelDescription)


def test_the_least_that_a_process_says_is_enough():
    description = described()
    assert (description.estimator, description.takes, description.is_fitted) == (
        "a.B",
        "frame",
        True,
    )
    assert description.outputs is description.features is description.parts is None


def test_all_that_a_process_says_is_read():
    description = described(
        features=["x", "y"], outputs=[LABELS], known_values={"x": 1.5}, versions={"numpy": "2.5"}
    )
    assert description.features == ("x", "y")
    assert description.outputs[0].classes == ("a", "b")
    assert description.known_values == {"x": 1.5}
    assert description.versions == {"numpy": "2.5"}


def test_what_nobody_asked_for_is_left_out():
    assert described(secret="value", parts=None) == described()


@pytest.mark.parametrize(
    "further",
    [
        {"estimator": None},
        {"estimator": "x" * 1001},
        {"predicts": "yes"},
        {"predicts": 1},
        {"kind": 3},
        {"takes": "files"},
        {"features": "x"},
        {"features": [1]},
        {"features": ["x"] * 100_001},
        {"feature_count": -1},
        {"feature_count": 2**40},
        {"feature_count": 1.5},
        {"feature_count": 10**100},
        {"output_count": 0},
        {"output_count": 10**9},
        {"outputs": [LABELS] * 10_001},
        {"outputs": [{**LABELS, "type": "BYTES"}]},
        {"outputs": [{**LABELS, "classes": ["a"] * 101}]},
        {"outputs": [{**LABELS, "classes": [["nested"]]}]},
        {"known_values": {"x": []}},
        {"known_values": {f"x{number}": 1 for number in range(100_001)}},
        {"versions": {"numpy": 2}},
        {"versions": {f"package{number}": "1" for number in range(101)}},
        {"parts": [{"key": "a"}]},
        {"parts": [{"key": "a", "estimator": "b", "predicts": True, "transforms": True}] * 21},
    ],
    ids=lambda further: str(further)[:40],
)
def test_anything_else_is_refused(further):
    with pytest.raises(FailedPrecondition) as raised:
        described(**further)
    assert raised.value.reason == "MODEL_CRASHED"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"null",
        b"[]",
        b"{'a': 1}",
        b'{"estimator": NaN}',
        b'{"estimator": "\xff"}',
        b'{"estimator": "\\ud800"}',
        b'{"estimator": 1e999}',
        b'{"feature_count": ' + b"9" * 100_000 + b"}",
        b'{"a":' * 100_000,
        b"[" * 1_000_000,
        b'{"estimator": "a", "predicts": true, "is_class": false} {}',
    ],
    ids=lambda content: str(content[:30]),
)
@pytest.mark.parametrize("kind", [ModelDescription, CheckAnswer, Readiness, Refusal, WallRefusal])
def test_what_is_no_such_document_is_refused(content, kind):
    if kind is CheckAnswer and b'{"a":' not in content and content.startswith(b'{"'):
        return  # every field of it is optional, and others are left out
    with pytest.raises(FailedPrecondition) as raised:
        decode(content, kind)
    assert raised.value.detail.isprintable()
    assert len(raised.value.detail) < 600


def test_words_for_people_are_printable():
    part = {"key": NASTY, "estimator": NASTY, "predicts": True, "transforms": False}
    description = described(
        estimator=NASTY,
        kind=NASTY,
        parts=[part],
        outputs=[{**LABELS, "dtype": NASTY}],
        versions={NASTY: NASTY},
    )
    words = [
        description.estimator,
        description.kind,
        description.parts[0].key,
        description.parts[0].estimator,
        description.outputs[0].dtype,
        *description.versions,
        *description.versions.values(),
    ]
    answer = decode(json.dumps({"raised": NASTY, "problem": NASTY}).encode(), CheckAnswer)
    words += [answer.raised, answer.problem]
    for kind, further in ((Refusal, {"reason": "MODEL_UNREADABLE"}), (WallRefusal, {})):
        refusal = json.dumps({"sentence": NASTY, **further}).encode()
        words.append(decode(refusal, kind).sentence)
    assert set(words) == {"[31mred [0m"}


def test_data_stays_as_it_is():
    features, classes = ["a\tb", "é"], ["x\n", "\u202e"]
    description = described(features=features, outputs=[{**LABELS, "classes": classes}])
    assert list(description.features) == features
    assert list(description.outputs[0].classes) == classes


def test_a_refusal_has_a_reason_that_a_model_may_have():
    for reason in ("WALL_MISSING", "RUNTIME_BROKEN", "INTERNAL", "model_unreadable", ""):
        content = json.dumps({"reason": reason, "sentence": "x"}).encode()
        with pytest.raises(FailedPrecondition):
            decode(content, Refusal)


def test_every_reason_of_a_model_s_process_is_known():
    source = "".join(path.read_text() for path in MODEL_PROCESS.glob("*.py"))
    found = {name for name in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source) if "_" in name}
    reasons = {each for each in found if not each.startswith(("RLIMIT_", "SC_"))}
    assert reasons - {"WALL_MISSING"} == set(get_args(Reason.__value__))


@settings(deadline=None)
@given(st.text(max_size=3000))
def test_any_text_becomes_one_printable_line(text):
    line = printable(text)
    assert line.isprintable()
    assert len(line) <= 501
    assert line == line.strip()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_description_or_an_error(content):
    try:
        decode(content, ModelDescription)
    except FailedPrecondition:
        return
    raise AssertionError("random bytes are no description")
