"""Has models examined: keeps the rooms, hands them models, survives whatever happens in them."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import LifoQueue
from threading import Condition
from typing import Self

from jobs.models.inspection_result import Conditions, InspectionResult
from jobs.pickles.limits import LIMITS
from jobs.sandbox.messages import read_part, write_parts
from shared.errors import Transient

_REMEMBERED = 10_000


class _Worker:
    """One examining process, started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        """The process, started if there is none."""
        self._process = self._process or _started()
        return self._process

    def inspect(self, content: bytes, conditions: bytes) -> InspectionResult:
        """The verdict on a model.

        Raises:
            OSError, EOFError: when the room is gone; it is started anew the next time.
        """
        process = self.start()
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101
        try:
            write_parts(process.stdin, [conditions, content])
            if verdict := read_part(process.stdout):
                return InspectionResult.from_json(verdict)
        except OSError:
            self.close()
            raise
        self.close()
        raise EOFError("the examining process ended")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Nothing of the service's own environment; and one thread, for it forks.
        env={
            "PYTHONPATH": ":".join(path for path in sys.path if path),
            "PYTHONWARNINGS": "ignore",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
    )


class Inspector:
    """Examines models, as many at once as it has rooms. Threads may share it."""

    def __init__(self, rooms: int = 1) -> None:
        self._rooms: LifoQueue[_Worker] = LifoQueue()
        self._all = [_Worker() for _ in range(rooms)]
        for room in self._all:
            self._rooms.put(room)
        self._freed = Condition()
        self._taken_bytes = 0
        self._known: dict[str, InspectionResult] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start every examining process, without waiting until it has imported what models need."""
        for room in self._all:
            room.start()

    @contextmanager
    def admit(self, size_bytes: int) -> Iterator[None]:
        """Wait until there is memory for a file of that size: together, files have a bound."""
        with self._freed:
            self._freed.wait_for(lambda: self._taken_bytes + size_bytes <= LIMITS.upload_bytes)
            self._taken_bytes += size_bytes
        try:
            yield
        finally:
            with self._freed:
                self._taken_bytes -= size_bytes
                self._freed.notify_all()

    def inspect(self, content: bytes, conditions: Conditions) -> InspectionResult:
        """The verdict on the bytes of a model.pkl; whatever they are, it comes in bounded time.

        Raises:
            Transient: when no examining process can be had.
        """
        asked = conditions.to_json().encode()
        key = hashlib.sha256(asked + b"\0" + hashlib.sha256(content).digest()).hexdigest()
        if verdict := self._known.get(key):
            return verdict
        room = self._rooms.get()
        try:
            verdict = _examined(room, content, asked)
        finally:
            self._rooms.put(room)
        self._remember(key, verdict)
        return verdict

    def _remember(self, key: str, verdict: InspectionResult) -> None:
        # The same bytes come again: by another event, under another name, in a reconcile scan.
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        if verdict.is_approved:
            self._known[key] = verdict

    def close(self) -> None:
        """End every examining process."""
        for room in self._all:
            room.close()


def _examined(room: _Worker, content: bytes, asked: bytes) -> InspectionResult:
    # A room that was killed from outside is replaced once.
    with suppress(OSError, EOFError):
        return room.inspect(content, asked)
    try:
        return room.inspect(content, asked)
    except (OSError, EOFError) as error:
        raise Transient(f"no process to inspect models in: {error}") from error
