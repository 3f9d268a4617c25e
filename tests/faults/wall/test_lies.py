"""Whatever a model's process writes instead of an answer, its session ends with a sentence."""

import re
import tracemalloc

import pytest

from tests.faults.wall import columns, lies
from tests.faults.wall.hostile import STAGES
from tests.faults.wall.survivors import PATIENT, SHORT, HostileSessions

# They wait for the session's time to be over.
SILENT = [
    lies.half_a_header_and_silence,
    lies.half_a_body_and_silence,
    lies.a_byte_at_a_time,
]
OUTCOMES = {
    lies.garbage: "of an unexpected kind",
    lies.zeros: "of an unexpected kind",
    lies.endless_bytes: "of an unexpected kind",
    lies.endless_empty_frames: "something else than a description|is no predictions",
    lies.half_a_header: "with code 0",
    lies.half_a_body: "with code 0",
    lies.single_bytes_without_a_pause: "something else than a description|is no predictions",
    lies.another_stage_s_kind: "of an unexpected kind",
    lies.a_request: "of an unexpected kind",
    lies.an_unknown_kind: "of an unexpected kind",
    lies.a_greatest_length: "a message of more than",
    lies.a_length_of_a_terabyte: "a message of more than",
    lies.a_length_of_a_gigabyte: "a message of more than",
    lies.a_closed_channel: "closed its channel|with code",
    lies.closed_channels: "closed its channel|with code",
    lies.closed_channels_and_work: "closed its channel|with code",
    lies.an_empty_answer: "something else than a description|is no predictions",
    lies.nothing_but_a_zero: "something else than a description|is no predictions",
    lies.no_json: "something else than a description|is no predictions",
    lies.json_of_another_kind: "something else than a description|is no predictions",
    lies.json_of_a_hundred_megabytes: "a message of more than",
    # What it says besides is left out, text or not; the next answer is the model's own.
    lies.json_that_is_no_text: "something else|is no predictions|with code 0",
    lies.deeply_nested_json: "something else than a description|is no predictions",
    lies.a_failure_without_a_reason: "something else than a description",
    lies.a_failure_of_another_reason: "something else than a description",
    lies.a_failure_whose_reason_is_no_code: "something else than a description",
    lies.a_failure_with_control_characters: r"\[31mred",
    lies.a_failure_of_a_megabyte: "a message of more than",
    lies.the_answer_twice: "ended: the model|answered 1 columns",
    lies.garbage_after_the_answer: "ended: the model|answered 1 columns",
    lies.two_failures_and_more: "the first",
    lies.an_answer_that_it_takes_back: "code 0|something else|is no predictions|unexpected kind",
}


def name_of(lie):
    return lie.__name__


def require_bounded_end(outcomes, pattern):
    for when, outcome in outcomes.items():
        assert re.search(pattern, outcome), (when, outcome)
        assert outcome.isprintable()
        assert len(outcome) < 600


@pytest.mark.parametrize("lie", OUTCOMES, ids=name_of)
def test_a_lie_ends_its_own_session_alone(lie, server, wall):
    require_bounded_end(HostileSessions(server, wall, PATIENT).outcomes(lie), OUTCOMES[lie])


@pytest.mark.parametrize("lie", SILENT, ids=name_of)
def test_an_answer_that_does_not_end_is_not_waited_for(lie, server, wall):
    require_bounded_end(HostileSessions(server, wall, SHORT).outcomes(lie), "takes too long")


@pytest.mark.parametrize("name", columns.BODIES)
def test_columns_that_are_no_predictions_end_the_session(name, server, wall):
    sessions = HostileSessions(server, wall, PATIENT)
    (outcome,) = sessions.outcomes(
        columns.send_columns, name, stages=["predict"], modules=[lies.__name__]
    ).values()
    assert outcome.startswith("ended: the model's answer is no predictions: ")


@pytest.mark.parametrize("send", [columns.send_many_columns, columns.send_endless_texts])
def test_an_answer_takes_no_memory_that_no_honest_one_would(send, server, wall):
    sessions = HostileSessions(server, wall, PATIENT)
    tracemalloc.start()
    try:
        sessions.outcomes(send, stages=["predict"], modules=[lies.__name__])
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 8 << 20


@pytest.mark.parametrize(
    "lie",
    [
        lies.a_length_of_a_gigabyte,
        lies.json_of_a_hundred_megabytes,
        lies.a_failure_of_a_megabyte,
        lies.endless_bytes,
    ],
    ids=name_of,
)
def test_an_announced_length_takes_no_memory(lie, server, wall):
    sessions = HostileSessions(server, wall, PATIENT)
    tracemalloc.start()
    try:
        sessions.outcomes(lie, stages=STAGES)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4 << 20
