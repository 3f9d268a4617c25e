"""One model in a process of its own: shut in, loaded, described, asked.

The process has one or more channels, each a pair of pipes and a part of a shared memory into which
the product's process writes rows. The first channel also carries what happens once.
"""

import importlib
import json
import mmap
import os
import struct
import threading
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, Optional

import joblib
import pyarrow as pa
import threadpoolctl

from . import allocation, frames, wall
from .checks import check
from .columns import encoded
from .conversion import FrameConversion
from .description import description, library_versions
from .errors import ModelError
from .loading import load, words
from .predictions import Predictor, import_lazy_modules

__all__ = ["library_versions", "run", "warm"]

_SIZE = struct.Struct(">Q")
_MAX_CONTENT_BYTES = 1 << 40
_MAX_OPTIONS_BYTES = 1 << 26
# A request is written by the product's own process, so these limits are no defence.
_REQUESTS = {
    frames.LOAD: _MAX_CONTENT_BYTES,
    frames.PREPARE: _MAX_OPTIONS_BYTES,
    frames.CHECK: _SIZE.size,
    frames.ROWS: _SIZE.size,
}


def warm() -> None:
    """Do once, before the fork, what every process would do again, or what the wall refuses."""
    import_lazy_modules()
    allocation.keep_memory()
    threadpoolctl.threadpool_info()  # looks for the C library
    for home in ("sklearn.utils.parallel", "sklearn.utils.fixes"):  # by release
        with suppress(ImportError, AttributeError):
            importlib.import_module(home)._get_threadpool_controller()  # reads /proc/self/maps
    with suppress(Exception):
        joblib.cpu_count(only_physical_cores=True)  # runs a program; LightGBM asks for it


@dataclass(frozen=True)
class _Channel:
    requests: int
    answers: int
    rows: memoryview

    def batch(self, size: bytearray) -> Any:
        """The rows that were written into this channel's part of the shared memory."""
        (length,) = _SIZE.unpack(size)
        stream = pa.ipc.open_stream(pa.py_buffer(self.rows[:length]))
        return stream.read_next_batch()

    def answer(self, kind: bytes, parts: Sequence[Any]) -> None:
        frames.write_frame(self.answers, kind, parts)

    def answer_json(self, kind: bytes, content: Mapping[str, Any]) -> None:
        # Lone surrogates, which a model's names can hold, stay ASCII.
        self.answer(kind, [json.dumps(content).encode()])


def run(message: Mapping[str, Any], descriptors: Sequence[int]) -> NoReturn:
    """Serve one model, and exit when the first channel is closed.

    Args:
        message: `limits`, `slot_bytes`, and the `wall` in hexadecimal, or None without one.
        descriptors: of the shared memory, then of each channel's two pipes.
    """
    channels = _channels(descriptors, message["slot_bytes"])
    _close_others([each for pair in channels for each in (pair.requests, pair.answers)])
    first = channels[0]
    try:
        wall.limit_process(wall.ProcessLimits(**message["limits"]))
        if message["wall"] is not None:
            wall.shut_in(bytes.fromhex(message["wall"]))
    except (wall.WallError, OSError, ValueError) as error:
        first.answer_json(frames.FAILED, {"reason": "WALL_MISSING", "sentence": str(error)})
        os._exit(1)
    warnings.simplefilter("ignore")
    try:
        _Session(channels).serve()
    except frames.FrameError:
        pass  # the product's process has closed the channel
    except BaseException as error:  # noqa: BLE001  (a model can raise anything, also SystemExit)
        _report(first, error)
    os._exit(0)


def _report(channel: _Channel, error: BaseException) -> None:
    content = {"reason": "MODEL_UNREADABLE", "sentence": "the model raised %s" % words(error)}
    if isinstance(error, MemoryError):
        content["sentence"] = "needs more memory than a model may take"
    channel.answer_json(frames.FAILED, content)


def _channels(descriptors: Sequence[int], slot_bytes: int) -> list[_Channel]:
    memory, *pipes = descriptors
    count = len(pipes) // 2
    shared = memoryview(mmap.mmap(memory, count * slot_bytes, prot=mmap.PROT_READ))
    slots = [shared[number * slot_bytes :][:slot_bytes] for number in range(count)]
    return [
        _Channel(requests, answers, slot)
        for requests, answers, slot in zip(pipes[::2], pipes[1::2], slots)
    ]


def _close_others(kept: Sequence[int]) -> None:
    """Close every descriptor but the channels and the three standard ones, which are null.

    What a model prints has to go somewhere.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    start = 3
    for descriptor in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(start, descriptor)
        start = descriptor + 1


class _Session:
    """A model and its channels."""

    def __init__(self, channels: Sequence[_Channel]):
        self._channels = channels
        self._model: Any = None
        self._takes = "frame"
        self._conversion = FrameConversion(None)
        self._predictor: Optional[Predictor] = None
        self._alone = threading.Lock()
        self._was_asked = False

    def serve(self) -> None:
        """Answer the first channel's requests until it is closed."""
        self._serve(self._channels[0])

    def _serve(self, channel: _Channel) -> None:
        while True:
            kind, body = frames.read_frame(channel.requests, _REQUESTS)
            try:
                self._answer(channel, kind, body)
            except ModelError as error:
                sentence = {"reason": error.reason, "sentence": str(error)}
                channel.answer_json(frames.FAILED, sentence)
            except MemoryError:
                sentence = {
                    "reason": "MODEL_OUT_OF_MEMORY",
                    "sentence": "the model needs more memory than it may take",
                }
                channel.answer_json(frames.FAILED, sentence)

    def _answer(self, channel: _Channel, kind: bytes, body: bytearray) -> None:
        if kind == frames.LOAD:
            _, content = frames.read_frame(channel.requests, _REQUESTS)
            self._load(channel, json.loads(body), bytes(content))
        elif kind == frames.PREPARE:
            self._prepare(channel, json.loads(body))
        elif kind == frames.CHECK:
            frame = self._frame(channel, body)
            channel.answer_json(frames.CHECKED, check(self._model, frame, self._takes))
        else:
            self._score(channel, body)

    def _load(self, channel: _Channel, options: Mapping[str, Any], content: bytes) -> None:
        self._model = load(content, options)
        try:
            facts = description(self._model)
            self._takes = facts.get("takes", "frame")
            self._conversion = FrameConversion(self._model)
        except ModelError:
            raise
        except Exception as error:
            raise ModelError("the model cannot be described: %s" % words(error)) from error
        channel.answer_json(frames.DESCRIBED, {**facts, "versions": library_versions()})

    def _prepare(self, channel: _Channel, options: Mapping[str, Any]) -> None:
        self._takes = options["takes"]
        try:
            self._predictor = Predictor(self._model, self._takes)
        except Exception as error:
            raise ModelError("the model cannot be prepared: %s" % words(error)) from error
        for other in self._channels[1:]:
            threading.Thread(target=self._serve_quietly, args=[other], daemon=True).start()
        channel.answer_json(frames.READY, {"probabilities": self._predictor.has_probabilities})

    def _serve_quietly(self, channel: _Channel) -> None:
        try:
            self._serve(channel)
        except frames.FrameError:
            return
        except BaseException as error:  # noqa: BLE001  (a model can raise anything)
            _report(channel, error)

    def _frame(self, channel: _Channel, size: bytearray) -> Any:
        """The rows of a request as the DataFrame that the model takes."""
        try:
            return self._conversion.frame(channel.batch(size))
        except Exception as error:
            sentence = "the model cannot take these rows: %s" % words(error)
            raise ModelError(sentence, "MODEL_REFUSED_ROWS") from error

    def _ask_alone(self, frame: Any) -> None:
        """Ask for one row before several threads ask at once.

        pandas makes the index of an encoder's table when it is first looked into, and two threads
        that do so at the same time find values twice.
        """
        with self._alone:
            if not self._was_asked:
                with suppress(ModelError):  # asked for all rows, it raises the same
                    self._predictor.predict(frame.iloc[:1])  # type: ignore[union-attr]
                self._was_asked = True

    def _score(self, channel: _Channel, body: bytearray) -> None:
        assert self._predictor is not None  # noqa: S101  (PREPARE comes first)
        frame = self._frame(channel, body)
        self._ask_alone(frame)
        outputs = self._predictor.predict(frame)
        columns = []
        try:
            for output in outputs:
                columns.append(pa.array(output.values, from_pandas=True))
                if output.probabilities is not None:
                    columns.append(pa.array(output.probabilities, pa.float64()))
            parts = encoded(columns)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise ModelError(
                "the model answered with values that no column can hold: %s" % words(error),
                "UNEXPECTED_VALUES",
            ) from error
        channel.answer(frames.ANSWER, [_SIZE.pack(len(columns)), *parts])
