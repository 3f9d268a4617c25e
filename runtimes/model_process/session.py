"""One model in a process of its own: shut in, loaded, described, asked.

The process has one or more channels, each a pair of pipes and a part of a shared memory into which
the product's process writes rows. The first channel also carries what happens once.
"""

from __future__ import annotations

import importlib
import io
import json
import mmap
import os
import struct
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import joblib
import pyarrow as pa
import threadpoolctl

from . import allocation, frames, wall
from .answers import answer_parts
from .checks import check
from .conversion import FrameConversion
from .description import description, library_versions
from .errors import ModelError
from .loading import load, words
from .predictions import Predictor, import_lazy_modules

__all__ = ["library_versions", "run", "warm"]

# Of a batch, and of the longest answer that is read.
_SIZES = struct.Struct(">QQ")
_OUT_OF_MEMORY = "the model needs more memory than it may take"
_MAX_CONTENT_BYTES = 1 << 40
_MAX_OPTIONS_BYTES = 1 << 26
# A request is written by the product's own process, so these limits are no defence.
_REQUESTS = {
    frames.LOAD: _MAX_CONTENT_BYTES,
    frames.PREPARE: _MAX_OPTIONS_BYTES,
    frames.CHECK: _SIZES.size,
    frames.ROWS: _SIZES.size,
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

    def batch(self, size: int) -> Any:
        """The rows that were written into this channel's part of the shared memory."""
        stream = pa.ipc.open_stream(pa.py_buffer(self.rows[:size]))
        return stream.read_next_batch()

    def answer(self, kind: bytes, parts: Sequence[Any]) -> None:
        frames.write_frame(self.answers, kind, parts)

    def answer_json(self, kind: bytes, content: Mapping[str, Any]) -> None:
        # A model's names can hold lone surrogates, which no UTF-8 can.
        self.answer(kind, [json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")])


class _Silence(io.TextIOBase):
    """Takes what a model prints; there is nowhere to write it."""

    def write(self, text: str) -> int:
        return len(text)


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
    sys.stdout = sys.stderr = _Silence()
    served = _Session()
    # All threads start before there is a model: afterwards another model of the same user can take
    # all that the system permits, and this model would be blamed.
    for other in channels[1:]:
        arguments = [other, partial(served.serve, other)]
        threading.Thread(target=_serve_and_exit, args=arguments, daemon=True).start()
    first.answer(frames.STARTED, [])
    _serve_and_exit(first, partial(served.serve, first))


def _serve_and_exit(channel: _Channel, serve: Callable[[], None]) -> NoReturn:
    """Serve until the channel is closed or the model raises what no model should; then exit."""
    try:
        serve()
    except frames.FrameError:
        pass  # the product's process has closed the channel
    except BaseException as error:  # noqa: BLE001  (a model can raise anything, also SystemExit)
        sentence = f"the model raised {words(error)}"
        channel.answer_json(frames.FAILED, {"reason": "MODEL_UNREADABLE", "sentence": sentence})
    finally:
        os._exit(0)


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
    """Close every descriptor but the channels and the three standard ones, which are null."""
    for stream, flags in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        null = os.open(os.devnull, flags)  # a verbose model prints
        os.dup2(null, stream)
        os.close(null)
    start = 3
    for descriptor in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(start, descriptor)
        start = descriptor + 1


class _Session:
    """A model, which its channels share."""

    def __init__(self) -> None:
        self._model: Any = None
        self._takes = "frame"
        self._conversion = FrameConversion(None)
        self._predictor: Predictor | None = None
        self._alone = threading.Lock()
        self._was_asked = False

    def serve(self, channel: _Channel) -> None:
        """Answer a channel's requests until it is closed."""
        while True:
            kind, body = frames.read_frame(channel.requests, _REQUESTS)
            try:
                self._answer(channel, kind, body)
            except ModelError as error:
                sentence = {"reason": error.reason, "sentence": str(error)}
                channel.answer_json(frames.FAILED, sentence)
            except MemoryError:
                sentence = {"reason": "MODEL_OUT_OF_MEMORY", "sentence": _OUT_OF_MEMORY}
                channel.answer_json(frames.FAILED, sentence)

    def _answer(self, channel: _Channel, kind: bytes, body: bytearray) -> None:
        if kind == frames.LOAD:
            _, content = frames.read_frame(channel.requests, _REQUESTS)
            self._load(channel, json.loads(body), bytes(content))
        elif kind == frames.PREPARE:
            self._prepare(channel, json.loads(body))
        elif kind == frames.CHECK:
            size, _ = _SIZES.unpack(body)
            frame = self._frame(channel, size)
            channel.answer_json(frames.CHECKED, check(self._model, frame, self._takes))
        else:
            self._score(channel, body)

    def _load(self, channel: _Channel, options: Mapping[str, Any], content: bytes) -> None:
        self._model = load(content, options)
        try:
            facts = description(self._model)
            self._conversion = FrameConversion(self._model)
        except (MemoryError, ModelError):
            raise
        except Exception as error:
            raise ModelError(f"the model cannot be described: {words(error)}") from error
        self._takes = facts.get("takes", self._takes)
        channel.answer_json(frames.DESCRIBED, {**facts, "versions": library_versions()})

    def _prepare(self, channel: _Channel, options: Mapping[str, Any]) -> None:
        self._takes = options["takes"]
        try:
            self._predictor = Predictor(self._model, self._takes)
        except MemoryError:
            raise
        except Exception as error:
            raise ModelError(f"the model cannot be prepared: {words(error)}") from error
        channel.answer_json(frames.READY, {"probabilities": self._predictor.has_probabilities})

    def _frame(self, channel: _Channel, size: int) -> Any:
        """The rows of a request as the DataFrame that the model takes."""
        try:
            return self._conversion.frame(channel.batch(size))
        except Exception as error:
            sentence = f"the model cannot take these rows: {words(error)}"
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
        size, limit = _SIZES.unpack(body)
        frame = self._frame(channel, size)
        self._ask_alone(frame)
        outputs = self._predictor.predict(frame)
        channel.answer(frames.ANSWER, answer_parts(outputs, limit))
