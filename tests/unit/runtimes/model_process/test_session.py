"""A session's answers, served by a thread of the test; jobs/sandbox has them behind the wall."""

import json
import mmap
import os
import struct
import sys
import threading

import pyarrow as pa
import pytest

from runtimes.model_process import frames, session
from runtimes.model_process.columns import decoded
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import FRAME, dumped

# Of a batch, and of the longest answer.
SIZES = struct.Struct(">QQ")
COUNT = struct.Struct(">Q")
KINDS = dict.fromkeys(
    (frames.DESCRIBED, frames.CHECKED, frames.READY, frames.ANSWER, frames.FAILED), 1 << 24
)
ROWS = pa.RecordBatch.from_pandas(FRAME)


class Channel:
    """The product's side of a channel, and its slot of memory."""

    def __init__(self):
        self._their_requests, self._requests = os.pipe()
        self._answers, self._their_answers = os.pipe()
        self._memory = mmap.mmap(-1, 1 << 16)
        slot = memoryview(self._memory)
        self.theirs = session._Channel(self._their_requests, self._their_answers, slot)

    def ask(self, kind, *bodies):
        for body in bodies:
            frames.write_frame(self._requests, kind, [body])
        kind, body = frames.read_frame(self._answers, KINDS)
        return kind, body if kind == frames.ANSWER else json.loads(body)

    def ask_rows(self, kind, batch=ROWS, limit=1 << 20):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        content = sink.getvalue()
        self._memory[: content.size] = content.to_pybytes()
        return self.ask(kind, SIZES.pack(content.size, limit))

    def close_requests(self):
        os.close(self._requests)

    def close(self):
        for descriptor in (self._answers, self._their_requests, self._their_answers):
            os.close(descriptor)


@pytest.fixture
def channels(monkeypatch):
    """Two channels that a session serves until their requests end."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    both = (Channel(), Channel())
    served = session._Session()

    def serve(channel):
        with pytest.raises(frames.FrameError):
            served.serve(channel.theirs)

    threads = [threading.Thread(target=serve, args=[each]) for each in both]
    for thread in threads:
        thread.start()
    yield both
    for each in both:
        each.close_requests()
    for thread in threads:
        thread.join()
    for each in both:
        each.close()


def load(channel, model):
    content = model if isinstance(model, bytes) else dumped(model)
    return channel.ask(frames.LOAD, b'{"strict": false, "allowed_names": []}', content)


def test_a_model_is_described_with_the_versions_of_its_process(channels):
    kind, facts = load(channels[0], models.pipeline())
    assert kind == frames.DESCRIBED
    assert facts["features"] == ["age", "sex"]
    assert {"sklearn", "numpy"} <= facts["versions"].keys()


def test_a_file_that_cannot_be_loaded_is_refused_and_the_next_one_is_loaded(channels):
    kind, refusal = load(channels[0], b"nonsense")
    assert (kind, refusal["reason"]) == (frames.FAILED, "MODEL_UNREADABLE")
    assert load(channels[0], models.pipeline())[0] == frames.DESCRIBED


def test_a_model_is_checked_as_it_takes_its_rows(channels):
    load(channels[0], models.of_texts())
    texts = pa.RecordBatch.from_pydict({"any": models.TEXTS})
    kind, answer = channels[0].ask_rows(frames.CHECK, texts)
    assert kind == frames.CHECKED
    assert answer == {"raised": None, "problem": None, "is_fitted": True}


@pytest.mark.parametrize("number", [0, 1])
def test_each_channel_answers_once_the_model_is_prepared(channels, number):
    load(channels[0], models.pipeline())
    assert channels[0].ask(frames.PREPARE, b'{"takes": "frame"}') == (
        frames.READY,
        {"probabilities": True},
    )
    kind, body = channels[number].ask_rows(frames.ROWS)
    assert kind == frames.ANSWER
    assert COUNT.unpack_from(body) == (2,)
    labels, probabilities = decoded(body[COUNT.size :], len(FRAME), 2)
    assert labels.to_pylist() == models.pipeline().predict(FRAME).tolist()
    expected = models.pipeline().predict_proba(FRAME)[:, 1].tolist()
    assert probabilities.to_pylist() == expected


def test_rows_that_the_model_refuses_are_refused_and_the_next_ones_answered(channels):
    load(channels[0], models.pipeline())
    channels[0].ask(frames.PREPARE, b'{"takes": "frame"}')
    strange = pa.RecordBatch.from_pandas(FRAME.assign(sex="?"))
    kind, refusal = channels[0].ask_rows(frames.ROWS, strange)
    assert (kind, refusal["reason"]) == (frames.FAILED, "MODEL_REFUSED_ROWS")
    assert channels[0].ask_rows(frames.ROWS)[0] == frames.ANSWER


def test_a_model_that_takes_more_memory_than_it_may_says_so(channels, monkeypatch):
    load(channels[0], models.pipeline())
    channels[0].ask(frames.PREPARE, b'{"takes": "frame"}')

    def exhausted(*_):
        raise MemoryError

    monkeypatch.setattr(session.Predictor, "predict", exhausted)
    kind, refusal = channels[0].ask_rows(frames.ROWS)
    assert (kind, refusal["reason"]) == (frames.FAILED, "MODEL_OUT_OF_MEMORY")


def test_names_that_utf_8_cannot_encode_are_told_with_question_marks(channels):
    model = models.on_array()
    model.feature_names_in_ = ["n\udc80"]
    assert load(channels[0], model)[1]["features"] == ["n?"]


def test_an_object_that_cannot_be_described_is_refused(channels, monkeypatch):
    def raising(_model):
        raise RecursionError("too deep")

    monkeypatch.setattr(session, "description", raising)
    kind, refusal = load(channels[0], models.pipeline())
    assert kind == frames.FAILED
    assert refusal["sentence"] == "the model cannot be described: RecursionError: too deep"


def test_what_is_printed_goes_nowhere():
    print("anything", file=session._Silence(), flush=True)
