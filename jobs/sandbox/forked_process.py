"""A process that a fork server has forked for one model, and what this process asks it.

Whatever it sends is distrusted: each message has a kind that is expected, a bounded length and a
deadline, and what it says is decoded strictly. A process that breaks any of this is killed.
"""

import signal
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from msgspec import Struct

from jobs.models.description import Refusal, WallRefusal, decode
from jobs.sandbox.channel import Channel, Message
from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.shared_rows import SharedRows
from runtimes.model_process import frames
from runtimes.model_process.wall import ProcessLimits
from shared.errors import FailedPrecondition, MlsysError, Transient

_START_SECONDS = 60.0
# What a thread's stack and the memory that it allocates from reserve, used or not.
_THREAD_BYTES = 72 << 20
_REFUSAL_BYTES = 1 << 16
_SENTENCES = {
    signal.SIGKILL: (
        "the model's process was killed: it took too much memory, processor time or threads, "
        "or closed its channel"
    ),
    signal.SIGSYS: "the model made system calls of another architecture",
}


class ModelFailure(FailedPrecondition):
    """The model cannot be loaded or asked; the same bytes and rows fail again."""


class ForkedProcess:
    """The process of one model.

    Attributes:
        rows: the memory that it shares with this process.
        channels: threads may ask on different channels at a time.
    """

    def __init__(
        self,
        server: ForkServer,
        limits: ProcessLimits,
        *,
        wall: bytes | None,
        rows: SharedRows,
        libraries: Iterable[str] = (),
    ):
        """Fork it, with a channel for each slot of `rows`.

        Raises:
            FailedPrecondition, Transient: as `ForkServer.spawn`.
        """
        self._server = server
        self._limits = limits
        self._is_started = False
        self._failure: MlsysError | None = None
        self._lock = threading.Lock()
        self._number: int | None = None
        self.rows = rows
        self.channels = [Channel(slot) for slot in range(rows.slots)]
        try:
            self._number = self._spawn(wall, libraries)
        except BaseException:
            self.close()
            raise

    def _spawn(self, wall: bytes | None, libraries: Iterable[str]) -> int:
        threads_bytes = (len(self.channels) - 1) * _THREAD_BYTES
        limits = asdict(self._limits) | {"memory_bytes": self._limits.memory_bytes + threads_bytes}
        message = {
            "limits": limits,
            "slot_bytes": self.rows.slot_bytes,
            "wall": None if wall is None else wall.hex(),
        }
        pairs = [(each.their_requests, each.their_answers) for each in self.channels]
        descriptors = [self.rows.descriptor, *(end for pair in pairs for end in pair)]
        try:
            return self._server.spawn(message, descriptors, libraries)
        finally:
            for channel in self.channels:
                channel.close_their_ends()

    def require_started(self) -> None:
        """Wait until the process has shut itself in; it has seen no byte of a model before.

        Raises:
            FailedPrecondition: when it cannot.
            Transient: when it has ended, which was not the model's doing.
        """
        if self._is_started:
            return
        limits = {frames.STARTED: 0, frames.FAILED: _REFUSAL_BYTES}
        try:
            kind, body = self.channels[0].receive(limits, time.monotonic() + _START_SECONDS)
        except frames.FrameError as error:
            self.end("the model's process has ended before it began")
            raise Transient("the process for a model has ended before it began") from error
        if kind == frames.FAILED:
            raise FailedPrecondition(
                "no model is loaded here: the wall around its process cannot be built",
                reason="WALL_MISSING",
                detail=decode(body, WallRefusal).sentence,
            )
        self._is_started = True

    def require_alive(self) -> None:
        """Require that nothing has ended the process yet.

        Raises:
            ModelFailure, Transient: what `end` has given.
        """
        if self._failure:
            raise self._failure

    def ask(
        self,
        channel: Channel,
        messages: Sequence[Message],
        limits: Mapping[bytes, int],
        deadline: float,
    ) -> bytearray:
        """The body of the answer to some messages; the caller holds the channel's lock.

        Raises:
            ModelFailure: when the process refuses, or sends anything else.
            Transient: when its fork server has ended.
        """
        limits = {**limits, frames.FAILED: _REFUSAL_BYTES}
        try:
            kind, body = channel.ask(messages, limits, deadline)
        except frames.FrameError as error:
            raise self._broken(error) from error
        if kind == frames.FAILED:
            refusal = self.decoded(body, Refusal)
            raise ModelFailure(refusal.sentence, reason=refusal.reason)
        return body

    def decoded[Content: Struct](self, body: bytearray, kind: type[Content]) -> Content:
        """The content of an answer.

        Raises:
            ModelFailure: when it is anything else.
        """
        try:
            return decode(body, kind)
        except FailedPrecondition as error:
            raise self.end(error.message, detail=error.detail) from error

    def _broken(self, error: frames.FrameError) -> MlsysError:
        if error.is_late:
            return self.end("the model takes too long", "MODEL_TOO_SLOW")
        if error.is_end:
            return self.end(None)
        return self.end(f"the model's process sent {error}")

    def end(
        self, sentence: str | None, reason: str = "MODEL_CRASHED", detail: str = ""
    ) -> MlsysError:
        """Kill the process, and return why. Everybody gets the failure of whoever saw it first.

        Args:
            sentence: None makes one of the process's exit code.
            reason: code of the failure.
            detail: for operators.

        Returns:
            A ModelFailure; Transient when the fork server has ended, and the process with it.
        """
        with self._lock:
            if not self._failure:
                number, self._number = self._number, None
                exit_code = self._server.end(number) if number else 0
                if sentence is None and exit_code is not None:
                    sentence = exit_sentence(exit_code, self._limits.cpu_seconds)
                self._failure = (
                    ModelFailure(sentence, reason=reason, detail=detail)
                    if sentence
                    else Transient("the process that forks for models has ended")
                )
            return self._failure

    def close(self) -> None:
        """Kill the process. Whoever waits for its answer gets a ModelFailure."""
        self.end("the session with the model is closed")
        for channel in self.channels:
            channel.close()
        self.rows.close()


def exit_sentence(exit_code: int, cpu_seconds: int) -> str:
    """Why a process has ended by itself; a negative exit code is the number of a signal."""
    if exit_code >= 0:
        return f"the model ended its process with code {exit_code}"
    if -exit_code == signal.SIGXCPU:
        return f"the model took more than {cpu_seconds} s of processor time"
    try:
        name = signal.Signals(-exit_code)
    except ValueError:
        return f"the model ended its process: signal {-exit_code}"
    return _SENTENCES.get(name, f"the model ended its process: {name.name}")
