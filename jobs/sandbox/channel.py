"""A pair of pipes to a model's process, and the questions that go through it."""

import fcntl
import os
import select
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any

from runtimes.model_process import frames

_PIPE_BYTES = 1 << 20

# A message to the process: its kind, and the parts of its body.
type Message = tuple[bytes, Sequence[Any]]


class Channel:
    """Requests go one way and answers come back. This process's ends never block.

    Attributes:
        slot: of the shared rows that belong to it.
        lock: held while it is in use.
    """

    def __init__(self, slot: int):
        self.slot = slot
        self.lock = Lock()
        self._is_open = True
        self.their_requests, self._requests = os.pipe()
        self._answers, self.their_answers = os.pipe()
        for descriptor in (self._requests, self._answers):
            os.set_blocking(descriptor, False)
        with suppress(AttributeError, OSError):  # fewer, longer reads; where there is room
            fcntl.fcntl(self._answers, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def ask(
        self, messages: Sequence[Message], limits: Mapping[bytes, int], deadline: float
    ) -> tuple[bytes, bytearray]:
        """Send messages, and return the kind and the body of the answer.

        Args:
            messages: in their order.
            limits: the greatest length of an answer in bytes, for each kind that is expected.
            deadline: on the clock of `time.monotonic`.

        Raises:
            FrameError: when no such answer comes in time, or one came before it was asked for.
        """
        if not self._is_open:
            raise frames.FrameError("the channel is closed", is_end=True)
        if self._has_answer():
            # Either it sends what nobody has asked, or the pipe ends here.
            self._require_end()
        try:
            for kind, parts in messages:
                frames.write_frame(self._requests, kind, parts, deadline)
        except frames.FrameError as error:
            # A process that refuses says so before it ends.
            if not error.is_end or not self._has_answer():
                raise
        return self.receive(limits, deadline)

    def receive(self, limits: Mapping[bytes, int], deadline: float) -> tuple[bytes, bytearray]:
        """The kind and the body of the next message.

        Raises:
            FrameError: when no message of these kinds and lengths comes in time.
        """
        return frames.read_frame(self._answers, limits, deadline)

    def _has_answer(self) -> bool:
        poller = select.poll()
        poller.register(self._answers, select.POLLIN)
        return bool(poller.poll(0))

    def _require_end(self) -> None:
        with suppress(BlockingIOError):
            if not os.read(self._answers, 1):
                raise frames.FrameError("the pipe ended", is_end=True)
        raise frames.FrameError("a message that nobody has asked for")

    def close_their_ends(self) -> None:
        """Close here what the process has open under numbers of its own."""
        os.close(self.their_requests)
        os.close(self.their_answers)

    def close(self) -> None:
        """Close it, once nobody uses it any more."""
        with self.lock:
            if self._is_open:
                self._is_open = False
                os.close(self._requests)
                os.close(self._answers)
