import os
import struct
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtimes.model_process import frames
from runtimes.model_process.frames import FrameError, read_frame, write_frame

LIMITS = {frames.ANSWER: 1 << 24, frames.FAILED: 10}


@pytest.fixture
def pipe():
    """The reading and the writing end; this process's own, so neither blocks."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def soon(seconds=60.0):
    return time.monotonic() + seconds


def raw(kind, size, body=b""):
    return struct.pack(">4sQ", kind, size) + body


@settings(deadline=None)
@given(st.lists(st.binary(max_size=1000), max_size=5))
def test_a_message_is_read_as_it_was_written(parts):
    reading, writing = os.pipe()
    try:
        write_frame(writing, frames.ANSWER, parts)
        assert read_frame(reading, LIMITS) == (frames.ANSWER, bytearray(b"".join(parts)))
    finally:
        os.close(reading)
        os.close(writing)


def test_a_message_that_is_longer_than_the_pipe_is_read_while_it_is_written(pipe):
    reading, writing = pipe
    body = os.urandom(3 << 20)
    writer = threading.Thread(target=write_frame, args=[writing, frames.ANSWER, [body], soon()])
    writer.start()
    assert read_frame(reading, LIMITS, soon()) == (frames.ANSWER, bytearray(body))
    writer.join()


def test_several_messages_keep_their_bounds(pipe):
    reading, writing = pipe
    for number in range(10):
        write_frame(writing, frames.ANSWER, [bytes(number)], soon())
    assert [len(read_frame(reading, LIMITS, soon())[1]) for _ in range(10)] == list(range(10))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (raw(b"NONE", 0), "an unexpected kind"),
        (raw(frames.LOAD, 0), "an unexpected kind"),
        (raw(frames.FAILED, 11), "more than 10 bytes"),
        (raw(frames.ANSWER, 2**64 - 1), "more than 16777216 bytes"),
    ],
)
def test_a_message_is_refused_before_its_body_is_read(pipe, content, sentence):
    reading, writing = pipe
    os.write(writing, content + b"rest")
    with pytest.raises(FrameError, match=sentence) as raised:
        read_frame(reading, LIMITS, soon())
    assert not raised.value.is_end
    assert not raised.value.is_late
    assert os.read(reading, 100) == b"rest"


@pytest.mark.parametrize("length", range(15))
def test_a_message_that_is_cut_is_an_end(pipe, length):
    reading, writing = pipe
    os.write(writing, raw(frames.ANSWER, 3, b"abc")[:length])
    os.close(writing)
    with pytest.raises(FrameError) as raised:
        read_frame(reading, LIMITS, soon())
    assert raised.value.is_end


def test_a_message_that_does_not_come_is_late(pipe):
    with pytest.raises(FrameError) as raised:
        read_frame(pipe[0], LIMITS, soon(0.01))
    assert raised.value.is_late


def test_a_message_of_which_a_byte_comes_at_a_time_is_late(pipe):
    reading, writing = pipe
    stopped = threading.Event()

    def trickle():
        for byte in raw(frames.ANSWER, 1000, bytes(1000)):
            os.write(writing, bytes([byte]))
            if stopped.wait(0.01):
                return

    thread = threading.Thread(target=trickle)
    thread.start()
    with pytest.raises(FrameError) as raised:
        read_frame(reading, LIMITS, soon(0.1))
    stopped.set()
    thread.join()
    assert raised.value.is_late


def test_nobody_waits_when_the_time_is_over_already(pipe):
    reading, writing = pipe
    os.write(writing, raw(frames.ANSWER, 0))
    with pytest.raises(FrameError) as raised:
        read_frame(reading, LIMITS, time.monotonic() - 1)
    assert raised.value.is_late


def test_a_pipe_that_nobody_reads_is_late(pipe):
    with pytest.raises(FrameError) as raised:
        write_frame(pipe[1], frames.ANSWER, [bytes(1 << 20)], soon(0.01))
    assert raised.value.is_late


def test_a_pipe_that_is_closed_is_an_end(pipe):
    reading, writing = pipe
    os.close(reading)
    with pytest.raises(FrameError) as raised:
        write_frame(writing, frames.ANSWER, [b"any"], soon())
    assert raised.value.is_end


def test_bytes_that_somebody_else_has_taken_are_waited_for(pipe, monkeypatch):
    reading, writing = pipe
    write_frame(writing, frames.ANSWER, [b"body"], soon())
    read, refused = os.read, iter([True, False, True, False])

    def reluctant(descriptor, size):
        if next(refused):
            raise BlockingIOError
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", reluctant)
    assert read_frame(reading, LIMITS, soon()) == (frames.ANSWER, bytearray(b"body"))


def test_every_kind_is_of_its_own():
    kinds = [value for value in vars(frames).values() if isinstance(value, bytes)]
    assert len(set(kinds)) == len(kinds) > 5
    assert {len(kind) for kind in kinds} == {4}
