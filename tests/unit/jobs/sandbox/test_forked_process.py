"""What this process makes of a forked one's messages; a fake server plays the process."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from jobs.models.description import Readiness
from jobs.sandbox.forked_process import ForkedProcess, ModelFailure, exit_sentence
from jobs.sandbox.shared_rows import SharedRows
from runtimes.model_process import frames
from runtimes.model_process.wall import ProcessLimits
from shared.errors import FailedPrecondition, Transient

LIMITS = ProcessLimits(memory_bytes=1000, cpu_seconds=7)


class FakeServer:
    """Plays the process with the descriptors of its first channel."""

    def __init__(self, exit_code=-signal.SIGKILL, error=None):
        self.exit_code = exit_code
        self.error = error
        self.ended = []
        self.message = {}

    def spawn(self, message, descriptors, libraries):
        if self.error:
            raise self.error
        self.message = message
        self.requests, self.answers = map(os.dup, descriptors[1:3])
        return 42

    def say(self, kind, content=None):
        frames.write_frame(
            self.answers, kind, [] if content is None else [json.dumps(content).encode()]
        )

    def leave(self):
        os.close(self.requests)
        os.close(self.answers)

    def end(self, number):
        self.ended.append(number)
        return self.exit_code


@pytest.fixture
def server():
    return FakeServer()


@pytest.fixture
def process(server):
    process = ForkedProcess(server, LIMITS, wall=b"\1\2", rows=SharedRows(3, 4096))
    yield process
    process.close()


def open_descriptors():
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def ask(process, kind=frames.READY, seconds=60):
    deadline = time.monotonic() + seconds
    return process.ask(process.channels[0], [(frames.PREPARE, [b"{}"])], {kind: 100}, deadline)


def test_it_is_forked_with_a_channel_for_each_slot(process, server):
    assert len(process.channels) == 3
    assert server.message["wall"] == "0102"
    assert server.message["slot_bytes"] == 4096
    assert server.message["limits"]["cpu_seconds"] == 7
    # The threads of the second and the third channel reserve memory.
    assert server.message["limits"]["memory_bytes"] == 1000 + 2 * (72 << 20)


@pytest.mark.parametrize("error", [Transient("no"), FailedPrecondition("no")])
def test_nothing_stays_open_when_it_cannot_be_forked(error):
    before = open_descriptors()
    with pytest.raises(type(error)):
        ForkedProcess(FakeServer(error=error), LIMITS, wall=None, rows=SharedRows(2, 4096))
    assert open_descriptors() == before


def test_it_has_started_when_it_says_so(process, server):
    server.say(frames.STARTED)
    process.require_started()
    process.require_started()


def test_a_wall_that_is_missing_is_not_the_model_s_failure(process, server):
    server.say(frames.FAILED, {"reason": "any", "sentence": "no\nseccomp"})
    with pytest.raises(FailedPrecondition, match="no seccomp") as raised:
        process.require_started()
    assert raised.value.reason == "WALL_MISSING"
    assert not isinstance(raised.value, ModelFailure)


def test_a_process_that_ends_before_it_has_started_is_not_the_model_s_failure(process, server):
    server.leave()
    with pytest.raises(Transient, match="ended before it began"):
        process.require_started()
    assert server.ended == [42]


def test_a_refusal_leaves_it_alive(process, server):
    server.say(frames.STARTED)
    process.require_started()
    answer_later(server, frames.FAILED, {"reason": "PACKAGE_MISSING", "sentence": "no package"})
    with pytest.raises(ModelFailure, match="no package") as raised:
        ask(process)
    assert raised.value.reason == "PACKAGE_MISSING"
    process.require_alive()
    assert server.ended == []


def answer_later(server, kind, content):
    """Answer once the question has come, as a process does."""

    def answer():
        frames.read_frame(server.requests, {frames.PREPARE: 100})
        server.say(kind, content)

    threading.Thread(target=answer).start()


@pytest.mark.parametrize("reason", ["WALL_MISSING", "INTERNAL", "x"])
def test_a_refusal_of_another_reason_ends_it(process, server, reason):
    answer_later(server, frames.FAILED, {"reason": reason, "sentence": "x"})
    with pytest.raises(ModelFailure, match="something else than a description") as raised:
        ask(process)
    assert raised.value.reason == "MODEL_CRASHED"
    assert server.ended == [42]


def test_another_kind_of_message_ends_it(process, server):
    answer_later(server, frames.CHECKED, {})
    with pytest.raises(ModelFailure, match="a message of an unexpected kind"):
        ask(process)
    assert server.ended == [42]


def test_what_is_no_document_ends_it(process, server):
    with pytest.raises(ModelFailure, match="something else"):
        process.decoded(bytearray(b"{}"), Readiness)
    assert server.ended == [42]


def test_the_failure_of_whoever_saw_it_first_is_everybody_s(process, server):
    with pytest.raises(ModelFailure) as first:
        ask(process, seconds=0.01)
    assert first.value.reason == "MODEL_TOO_SLOW"
    assert process.end("another") is first.value
    with pytest.raises(ModelFailure) as second:
        process.require_alive()
    assert second.value is first.value
    assert server.ended == [42]


def test_a_process_that_ends_says_how(process, server):
    server.exit_code = 3
    server.leave()
    with pytest.raises(ModelFailure, match="with code 3"):
        ask(process)


def test_a_process_that_ends_with_its_server_is_not_blamed(process, server):
    server.exit_code = None
    server.leave()
    with pytest.raises(Transient, match="has ended"):
        ask(process)
    with pytest.raises(Transient):
        process.require_alive()


def test_closing_ends_it_once(process, server):
    process.close()
    process.close()
    assert server.ended == [42]
    with pytest.raises(ModelFailure, match="closed"):
        ask(process)


@pytest.mark.parametrize(
    ("exit_code", "sentence"),
    [
        (0, "ended its process with code 0"),
        (3, "ended its process with code 3"),
        (-signal.SIGSEGV, "ended its process: SIGSEGV"),
        (-signal.SIGKILL, "was killed"),
        (-signal.SIGXCPU, "took more than 7 s of processor time"),
        (-signal.SIGSYS, "system calls of another architecture"),
        (-50, "ended its process: signal 50"),
    ],
)
def test_an_exit_code_is_a_sentence(exit_code, sentence):
    assert sentence in exit_sentence(exit_code, 7)
