"""A model in a process behind the wall: loads it, describes it, asks it."""

import json
import struct
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from queue import LifoQueue
from typing import Self

import pyarrow as pa

from jobs.models.description import CheckAnswer, ModelDescription, Readiness
from jobs.sandbox.answers import Budget, is_answerable, predicted_columns, rejoined
from jobs.sandbox.channel import Channel, Message
from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.forked_process import ForkedProcess, ModelFailure
from jobs.sandbox.shared_rows import SharedRows
from runtimes.model_process import frames
from runtimes.model_process.columns import ColumnError
from runtimes.model_process.wall import ProcessLimits

__all__ = ["ModelFailure", "ModelSession", "SessionLimits"]

# Of a batch, and of the answer to it.
_SIZES = struct.Struct(">QQ")
_DESCRIPTION_BYTES = 16 << 20
_TEXT_BYTES = 1 << 16


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

        Raises:
            FailedPrecondition, Transient: as `ForkServer.spawn`.
        """
        self._limits = limits
        self._idle: LifoQueue[Channel] = LifoQueue()
        self._outputs = 1
        self._has_probabilities = False
        self._process = ForkedProcess(
            server,
            ProcessLimits(limits.memory_bytes, limits.cpu_seconds),
            wall=wall,
            rows=SharedRows(channels, limits.slot_bytes),
            libraries=libraries,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load(
        self, content: bytes, *, strict: bool = False, allowed_names: Sequence[str] = ()
    ) -> ModelDescription:
        """What the bytes of a model.pkl are. They are sent once the wall stands.

        Raises:
            ModelFailure: when they cannot be loaded; the message completes "the file …".
            FailedPrecondition: when the process cannot build its wall.
            Transient: when the process has ended before it began, or its fork server has.
        """
        self._process.require_started()
        options = {"strict": strict, "allowed_names": list(allowed_names)}
        messages = [(frames.LOAD, [json.dumps(options).encode()]), (frames.LOAD, [content])]
        body = self._ask_first(messages, frames.DESCRIBED, _DESCRIPTION_BYTES)
        described = self._process.decoded(body, ModelDescription)
        self._outputs = len(described.outputs or ()) or described.output_count or 1
        return described

    def check(self, batch: pa.RecordBatch) -> CheckAnswer:
        """What the model's own methods make of some rows.

        Raises:
            ModelFailure: when its process fails.
            Transient: when its fork server has ended.
        """
        self._process.require_alive()
        if not self._process.rows.fits(batch):
            raise _too_large()
        size = self._process.rows.write(self._process.channels[0].slot, batch)
        messages = [(frames.CHECK, [_SIZES.pack(size, 0)])]
        body = self._ask_first(messages, frames.CHECKED, _TEXT_BYTES)
        return self._process.decoded(body, CheckAnswer)

    def prepare(self, takes: str) -> None:
        """Make the model ready to score; `takes` says how it takes rows.

        Raises:
            ModelFailure: when its process fails.
            Transient: when its fork server has ended.
        """
        messages = [(frames.PREPARE, [json.dumps({"takes": takes}).encode()])]
        body = self._ask_first(messages, frames.READY, _TEXT_BYTES)
        self._has_probabilities = self._process.decoded(body, Readiness).probabilities
        for each in self._process.channels:
            self._idle.put(each)

    def _ask_first(self, messages: Sequence[Message], kind: bytes, limit: int) -> bytearray:
        """Ask on the channel for what happens once."""
        deadline = time.monotonic() + self._limits.load_seconds
        channel = self._process.channels[0]
        with channel.lock:
            return self._process.ask(channel, messages, {kind: limit}, deadline)

    @property
    def has_probabilities(self) -> bool:
        """Whether each prediction comes with a probability, once it is prepared."""
        return self._has_probabilities

    def predict(self, batch: pa.RecordBatch) -> list[pa.Array]:
        """The model's outputs for a batch of features, each an array of its rows.

        Each output is followed by its probabilities, where `has_probabilities`. A batch that is too
        large for the shared memory, or whose answer is too large, is asked in parts.

        Raises:
            ModelFailure: when the model refuses the rows, or its process fails.
            Transient: when its fork server has ended.
        """
        deadline = time.monotonic() + self._limits.batch_seconds
        channel = self._idle.get()
        try:
            with channel.lock:
                budget = Budget(batch.num_rows, self._outputs)
                return self._predict(channel, batch, deadline, budget)
        except ColumnError as error:
            sentence = f"the model's answer is no predictions: {error}"
            raise self._process.end(sentence) from error
        finally:
            self._idle.put(channel)

    def _predict(
        self, channel: Channel, batch: pa.RecordBatch, deadline: float, budget: Budget
    ) -> list[pa.Array]:
        self._process.require_alive()
        rows = batch.num_rows
        if self._process.rows.fits(batch) and is_answerable(rows, self._outputs):
            try:
                return self._predict_at_once(channel, batch, deadline, budget)
            except ModelFailure as failure:
                if failure.reason != "ANSWER_TOO_LARGE" or rows == 1:
                    raise
        if rows < 2:  # noqa: PLR2004  (one row cannot be split)
            raise _too_large()
        halves = (batch.slice(0, rows // 2), batch.slice(rows // 2))
        return rejoined([self._predict(channel, half, deadline, budget) for half in halves])

    def _predict_at_once(
        self, channel: Channel, batch: pa.RecordBatch, deadline: float, budget: Budget
    ) -> list[pa.Array]:
        limit = budget.limit(batch.num_rows)
        size = self._process.rows.write(channel.slot, batch)
        messages = [(frames.ROWS, [_SIZES.pack(size, limit)])]
        body = self._process.ask(channel, messages, {frames.ANSWER: limit}, deadline)
        budget.left -= len(body)
        return predicted_columns(body, batch.num_rows, has_probabilities=self._has_probabilities)

    def close(self) -> None:
        """End the process. Whoever waits for an answer gets a ModelFailure."""
        self._process.close()


def _too_large() -> ModelFailure:
    return ModelFailure("a row is larger than a batch may be", reason="ROW_TOO_LARGE")
