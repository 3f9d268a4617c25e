"""Has models inspected by worker processes; whatever a model does to its worker, a result comes."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import LifoQueue
from threading import Condition
from typing import Self

from jobs.models.inspection_result import InspectionConditions, InspectionResult
from jobs.pickles.limits import LIMITS
from jobs.sandbox.protocol import read_message, write_messages
from shared.errors import Transient

_MAX_CACHED_RESULTS = 10_000


class _Worker:
    """One worker process, started at its first use."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the process if it does not run, and return it."""
        self._process = self._process or _start_process()
        return self._process

    def inspect(self, content: bytes, conditions: bytes) -> InspectionResult:
        """The result of an inspection.

        Raises:
            OSError, EOFError: when the process has ended; the next call starts another one.
        """
        process = self.start()
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101
        try:
            write_messages(process.stdin, [conditions, content])
            if message := read_message(process.stdout):
                return InspectionResult.from_json(message)
        except OSError:
            self.close()
            raise
        self.close()
        raise EOFError("the inspecting process ended")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]


def _start_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Nothing of the service's environment; and one thread, because the worker forks.
        env={
            "PYTHONPATH": ":".join(path for path in sys.path if path),
            "PYTHONWARNINGS": "ignore",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
    )


class Inspector:
    """Inspects as many models at a time as it has workers. Threads may share it."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = [_Worker() for _ in range(workers)]
        self._idle: LifoQueue[_Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._released = Condition()
        self._admitted_bytes = 0
        self._cache: dict[str, InspectionResult] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start every worker; do not wait until it has imported what models need."""
        for worker in self._workers:
            worker.start()

    @contextmanager
    def admit(self, size_bytes: int) -> Iterator[None]:
        """Hold memory for a file inside the block; wait while the files of others take too much."""
        with self._released:
            self._released.wait_for(
                lambda: self._admitted_bytes + size_bytes <= LIMITS.upload_bytes
            )
            self._admitted_bytes += size_bytes
        try:
            yield
        finally:
            with self._released:
                self._admitted_bytes -= size_bytes
                self._released.notify_all()

    def inspect(self, content: bytes, conditions: InspectionConditions) -> InspectionResult:
        """The result for the bytes of a model.pkl; it comes in bounded time, whatever they are.

        Raises:
            Transient: when no worker process can be started.
        """
        message = conditions.to_json().encode()
        key = hashlib.sha256(message + b"\0" + hashlib.sha256(content).digest()).hexdigest()
        if result := self._cache.get(key):
            return result
        worker = self._idle.get()
        try:
            result = _inspect(worker, content, message)
        finally:
            self._idle.put(worker)
        self._keep(key, result)
        return result

    def _keep(self, key: str, result: InspectionResult) -> None:
        # The same bytes come again: in another event, under another name, in a reconcile scan.
        if len(self._cache) >= _MAX_CACHED_RESULTS:
            self._cache.clear()
        if result.is_approved:
            self._cache[key] = result

    def close(self) -> None:
        """End every worker."""
        for worker in self._workers:
            worker.close()


def _inspect(worker: _Worker, content: bytes, conditions: bytes) -> InspectionResult:
    # A process that was killed from outside is replaced once.
    with suppress(OSError, EOFError):
        return worker.inspect(content, conditions)
    try:
        return worker.inspect(content, conditions)
    except (OSError, EOFError) as error:
        raise Transient(f"no process to inspect models in: {error}") from error
