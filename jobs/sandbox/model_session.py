"""A model in a process behind the wall: loads it, describes it, asks it.

Whatever the process sends is distrusted: each message has a kind that is expected, a bounded length
and a deadline, texts are cut, columns are rebuilt buffer by buffer and validated. A process that
breaks any of this is killed, and the session is over.
"""

import fcntl
import json
import os
import select
import signal
import struct
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from queue import LifoQueue
from typing import Any, Self

import pyarrow as pa
from msgspec import Struct

from jobs.models.description import CheckAnswer, ModelDescription, Readiness, Refusal, decode
from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.shared_rows import SharedRows
from runtimes.model_process import frames
from runtimes.model_process.columns import ColumnError, decoded
from runtimes.model_process.wall import ProcessLimits
from shared.errors import FailedPrecondition, MlsysError, Transient

_SIZE = struct.Struct(">Q")
_DESCRIPTION_BYTES = 16 << 20
_TEXT_BYTES = 1 << 16
_MOST_OUTPUTS = 10_000
# Of an answer: two numbers a row and output, and their bitmaps; and labels, which can be texts.
_BYTES_PER_VALUE = 10
_LABEL_BYTES = 64 << 20


class ModelFailure(FailedPrecondition):
    """The model cannot be loaded or asked; the same bytes and rows fail again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """What a model's process may take.

    Attributes:
        memory_bytes: beyond what its runtime takes before it reads the model.
        cpu_seconds: processor time of the whole session.
        load_seconds: elapsed time to load and describe the model, or to check it.
        batch_seconds: elapsed time to score a batch.
        slot_bytes: the largest batch, as Arrow writes it.
    """

    memory_bytes: int
    cpu_seconds: int
    load_seconds: float
    batch_seconds: float
    slot_bytes: int = 64 << 20


class _Channel:
    """A pair of pipes; this process's ends never block."""

    def __init__(self, slot: int):
        self.slot = slot
        self.their_requests, self.requests = os.pipe()
        self.answers, self.their_answers = os.pipe()
        for descriptor in (self.requests, self.answers):
            os.set_blocking(descriptor, False)
        with suppress(AttributeError, OSError):  # fewer, longer reads; where there is room
            fcntl.fcntl(self.answers, fcntl.F_SETPIPE_SZ, 1 << 20)

    def close_their_ends(self) -> None:
        os.close(self.their_requests)
        os.close(self.their_answers)

    def close(self) -> None:
        os.close(self.requests)
        os.close(self.answers)


class ModelSession:
    """One model's process. `predict` may be called from as many threads as it has channels."""

    def __init__(
        self,
        server: ForkServer,
        limits: SessionLimits,
        *,
        wall: bytes | None,
        channels: int = 1,
        libraries: Iterable[str] = (),
    ):
        """Fork the process, which shuts itself in.

        Args:
            server: of the model's runtime.
            limits: what the process may take.
            wall: the compiled filter of system calls; None builds no wall.
            channels: how many batches may be asked at a time.
            libraries: names of libraries to import before the wall stands.
        """
        self._server = server
        self._limits = limits
        self._rows = SharedRows(channels, limits.slot_bytes)
        self._channels = [_Channel(slot) for slot in range(channels)]
        self._idle: LifoQueue[_Channel] = LifoQueue()
        self._lock = threading.Lock()
        self._failure: MlsysError | None = None
        self._has_probabilities = False
        self._process: int | None = None
        process_limits = ProcessLimits(limits.memory_bytes, limits.cpu_seconds)
        message = {
            "limits": asdict(process_limits),
            "slot_bytes": limits.slot_bytes,
            "wall": None if wall is None else wall.hex(),
        }
        theirs = [
            end for each in self._channels for end in (each.their_requests, each.their_answers)
        ]
        try:
            self._process = server.spawn(message, [self._rows.descriptor, *theirs], libraries)
        finally:
            for channel in self._channels:
                channel.close_their_ends()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load(
        self, content: bytes, *, strict: bool = False, allowed_names: Sequence[str] = ()
    ) -> ModelDescription:
        """What the bytes of a model.pkl are.

        Raises:
            ModelFailure: when they cannot be loaded; the message completes "the file …".
            FailedPrecondition: when the process could not shut itself in; it got no byte of them.
            Transient: when the process ended before it got them.
        """
        options = {"strict": strict, "allowed_names": list(allowed_names)}
        limits = {frames.DESCRIBED: _DESCRIPTION_BYTES, frames.FAILED: _TEXT_BYTES}
        deadline = time.monotonic() + self._limits.load_seconds
        channel = self._channels[0]
        self._require_wall(channel, deadline)
        self._send(channel, frames.LOAD, [json.dumps(options).encode()], deadline)
        self._send(channel, frames.LOAD, [content], deadline)
        return self._decoded(self._receive(channel, limits, deadline), ModelDescription)

    def _require_wall(self, channel: _Channel, deadline: float) -> None:
        """Before the process has seen a model, what it says is true."""
        try:
            self._receive(channel, {frames.WALLED: 0, frames.FAILED: _TEXT_BYTES}, deadline)
        except ModelFailure as error:
            if error.reason != "WALL_MISSING":
                raise Transient("the process ended before it got the model") from error
            raise FailedPrecondition(
                "no model is loaded here: its process cannot shut itself in",
                reason="WALL_MISSING",
                detail=error.message,
            ) from error

    def check(self, batch: pa.RecordBatch) -> CheckAnswer:
        """What the model's own methods make of some rows.

        Raises:
            ModelFailure: when its process fails.
        """
        limits = {frames.CHECKED: _TEXT_BYTES, frames.FAILED: _TEXT_BYTES}
        deadline = time.monotonic() + self._limits.load_seconds
        channel = self._channels[0]
        if not self._rows.fits(batch):
            raise _too_large()
        size = self._rows.write(channel.slot, batch)
        self._send(channel, frames.CHECK, [_SIZE.pack(size)], deadline)
        return self._decoded(self._receive(channel, limits, deadline), CheckAnswer)

    def prepare(self, takes: str) -> None:
        """Make the model ready to score; `takes` says how it takes rows.

        Raises:
            ModelFailure: when its process fails.
        """
        limits = {frames.READY: _TEXT_BYTES, frames.FAILED: _TEXT_BYTES}
        deadline = time.monotonic() + self._limits.load_seconds
        channel = self._channels[0]
        self._send(channel, frames.PREPARE, [json.dumps({"takes": takes}).encode()], deadline)
        ready = self._decoded(self._receive(channel, limits, deadline), Readiness)
        self._has_probabilities = ready.probabilities
        for each in self._channels:
            self._idle.put(each)

    @property
    def has_probabilities(self) -> bool:
        """Whether each prediction comes with a probability, once it is prepared."""
        return self._has_probabilities

    def predict(self, batch: pa.RecordBatch) -> list[pa.Array]:
        """The model's outputs for a batch of features, each an array of its rows.

        Each output is followed by its probabilities, where `has_probabilities`.

        Raises:
            ModelFailure: when the model refuses the rows, or its process fails.
            Transient: when the process was ended from outside.
        """
        if not self._rows.fits(batch):
            return self._predict_halves(batch)
        channel = self._idle.get()
        try:
            return self._predict(channel, batch)
        finally:
            self._idle.put(channel)

    def _predict_halves(self, batch: pa.RecordBatch) -> list[pa.Array]:
        if batch.num_rows < 2:  # noqa: PLR2004  (one row cannot be split)
            raise _too_large()
        half = batch.num_rows // 2
        parts = (self.predict(batch.slice(0, half)), self.predict(batch.slice(half)))
        return [pa.concat_arrays(columns) for columns in zip(*parts, strict=True)]

    def _predict(self, channel: _Channel, batch: pa.RecordBatch) -> list[pa.Array]:
        deadline = time.monotonic() + self._limits.batch_seconds
        size = self._rows.write(channel.slot, batch)
        self._send(channel, frames.ROWS, [_SIZE.pack(size)], deadline)
        limit = _LABEL_BYTES + _BYTES_PER_VALUE * batch.num_rows * _MOST_OUTPUTS
        limits = {frames.ANSWER: limit, frames.FAILED: _TEXT_BYTES}
        answer = self._receive(channel, limits, deadline)
        try:
            return _columns(memoryview(answer), batch.num_rows)
        except (ColumnError, struct.error) as error:
            raise self._ended(f"the model's answer is no predictions: {error}") from error

    def _send(self, channel: _Channel, kind: bytes, parts: Sequence[Any], deadline: float) -> None:
        try:
            frames.write_frame(channel.requests, kind, parts, deadline)
        except frames.FrameError as error:
            if not error.is_end or not self._has_answer(channel):
                raise self._broken(error) from error

    @staticmethod
    def _has_answer(channel: _Channel) -> bool:
        # A process that refuses says so before it ends.
        return bool(select.select([channel.answers], [], [], 0)[0])

    def _receive(self, channel: _Channel, limits: dict[bytes, int], deadline: float) -> bytearray:
        try:
            kind, body = frames.read_frame(channel.answers, limits, deadline)
        except frames.FrameError as error:
            raise self._broken(error) from error
        if kind == frames.FAILED:
            refusal = self._decoded(body, Refusal)
            raise ModelFailure(refusal.sentence, reason=refusal.reason)
        return body

    def _decoded[Content: Struct](self, body: bytearray, kind: type[Content]) -> Content:
        try:
            return decode(body, kind)
        except FailedPrecondition as error:
            raise self._ended(error.message, error.reason) from error

    def _broken(self, error: frames.FrameError) -> MlsysError:
        if error.is_late:
            return self._ended("the model takes too long", "MODEL_TOO_SLOW")
        if error.is_end:
            return self._ended(None)
        return self._ended(f"the model's process sent {error}")

    def _ended(self, sentence: str | None, reason: str = "MODEL_CRASHED") -> MlsysError:
        """End the process; the failure of whoever saw it first is everybody's."""
        with self._lock:
            if not self._failure:
                exit_code = self._end()
                sentence = sentence or _exit_sentence(exit_code, self._limits)
                self._failure = ModelFailure(sentence, reason=reason)
                if not self._server.is_running:
                    self._failure = Transient("the process that forks for models has ended")
            return self._failure

    def _end(self) -> int:
        process, self._process = self._process, None
        return self._server.end(process) if process else 0

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()
        for channel in self._channels:
            channel.close()
        self._channels = []
        self._rows.close()


def _columns(answer: memoryview, rows: int) -> list[pa.Array]:
    (count,) = _SIZE.unpack_from(answer)
    if count > 2 * _MOST_OUTPUTS:
        raise ColumnError("more outputs than any model has")
    return decoded(answer[_SIZE.size :], rows, count)


def _too_large() -> ModelFailure:
    return ModelFailure("a row is larger than a batch may be", reason="ROW_TOO_LARGE")


def _exit_sentence(exit_code: int, limits: SessionLimits) -> str:
    if -exit_code == signal.SIGXCPU:
        return f"the model took more than {limits.cpu_seconds} s of processor time"
    if -exit_code == signal.SIGKILL:
        return "the model's process was killed: it took too much memory or processor time"
    if exit_code < 0:
        return f"the model ended its process: {signal.Signals(-exit_code).name}"
    return f"the model ended its process with code {exit_code}"
