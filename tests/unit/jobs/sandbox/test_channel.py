import os
import threading
import time

import pytest

from jobs.sandbox.channel import Channel
from runtimes.model_process import frames
from runtimes.model_process.frames import FrameError, read_frame, write_frame

LIMITS = {frames.ANSWER: 100}
ROWS = [(frames.ROWS, [b"rows"])]


@pytest.fixture
def channel():
    channel = Channel(0)
    yield channel
    channel.close()
    for descriptor in (channel.their_requests, channel.their_answers):
        try:
            os.close(descriptor)
        except OSError:
            continue


def soon(seconds=60.0):
    return time.monotonic() + seconds


def answer_once(channel, body=b"body", times=1):
    """Play the other side: answer a request, in a thread of its own."""

    def answer():
        read_frame(channel.their_requests, {frames.ROWS: 100})
        for _ in range(times):
            write_frame(channel.their_answers, frames.ANSWER, [body])

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_a_question_is_answered(channel):
    for body in (b"one", b"two"):
        thread = answer_once(channel, body)
        assert channel.ask(ROWS, LIMITS, soon()) == (frames.ANSWER, bytearray(body))
        thread.join()


def test_an_answer_before_the_question_is_an_error(channel):
    thread = answer_once(channel, times=2)
    channel.ask(ROWS, LIMITS, soon())
    thread.join()
    with pytest.raises(FrameError, match="nobody has asked for") as raised:
        channel.ask(ROWS, LIMITS, soon())
    assert not raised.value.is_end


def test_a_side_that_has_ended_is_noticed_before_the_question(channel):
    os.close(channel.their_answers)
    with pytest.raises(FrameError) as raised:
        channel.ask(ROWS, LIMITS, soon())
    assert raised.value.is_end


def test_a_side_that_does_not_read_is_noticed(channel):
    os.close(channel.their_requests)
    with pytest.raises(FrameError) as raised:
        channel.ask(ROWS, LIMITS, soon())
    assert raised.value.is_end


def test_a_side_that_answers_before_it_has_read_all_is_heard(channel):
    large = [(frames.ROWS, [bytes(1 << 20)])]

    def refuse():
        os.read(channel.their_requests, 100)
        write_frame(channel.their_answers, frames.ANSWER, [b"no"])
        os.close(channel.their_requests)

    thread = threading.Thread(target=refuse)
    thread.start()
    assert channel.ask(large, LIMITS, soon()) == (frames.ANSWER, bytearray(b"no"))
    thread.join()


def test_a_side_that_says_nothing_is_late(channel):
    with pytest.raises(FrameError) as raised:
        channel.ask(ROWS, LIMITS, soon(0.01))
    assert raised.value.is_late


def test_descriptors_of_any_number_are_served(channel):
    # `select` would serve the first 1024 only.
    high = os.dup2(channel._answers, 2000)
    channel._answers, low = high, channel._answers
    os.close(low)
    thread = answer_once(channel)
    assert channel.ask(ROWS, LIMITS, soon()) == (frames.ANSWER, bytearray(b"body"))
    thread.join()


def test_a_channel_is_closed_once_only_and_not_while_it_is_in_use(channel):
    closer = threading.Thread(target=channel.close)
    with channel.lock:
        closer.start()
        assert channel._is_open
    closer.join()
    other = os.open(os.devnull, os.O_RDONLY)  # gets a number that was freed
    channel.close()
    os.close(other)
    with pytest.raises(FrameError) as raised:
        channel.ask(ROWS, LIMITS, soon())
    assert raised.value.is_end
