"""Has files scanned by a process that never loads one; whatever a file is, an answer comes.

The scan imports and calls nothing that a file names, but a file can be a bomb, and decompressors
are written in C. So it runs behind the same wall, in one process for many files.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from jobs.models.description import decode
from jobs.pickles.limits import LIMITS
from jobs.sandbox.fork_server import ENVIRONMENT
from jobs.sandbox.system_calls import compiled_filter
from runtimes.model_process import frames
from shared.errors import FailedPrecondition

SCAN = b"SCAN"
SCANNED = b"SCND"
_START_SECONDS = 60.0
_ANSWER_BYTES = 4 << 20

type _Text = Annotated[str, Meta(max_length=2000)]


class Scan(Struct, frozen=True):
    """What a file says of itself.

    Attributes:
        findings: sentences for which the file must not be loaded; under the policy `strict`, one
            for each broken rule.
        protocol: of the pickle.
        packages: the top-level packages that it names.
        alarming: names that no model needs.
        versions: of libraries by module, every one that it mentions.
        problem: why it could not be read to its end; it completes "the file …".
    """

    findings: tuple[_Text, ...] = ()
    protocol: int = 0
    packages: tuple[_Text, ...] = ()
    alarming: tuple[_Text, ...] = ()
    versions: dict[str, tuple[_Text, ...]] = {}
    problem: _Text | None = None


class Scanner:
    """One scanning process, started at its first use. Threads may share it; they take turns."""

    def __init__(self, *, needs_wall: bool = True) -> None:
        self._needs_wall = needs_wall
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._lock = threading.Lock()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the process if it does not run."""
        if self._process is None:
            wall = compiled_filter().hex() if self._needs_wall else ""
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.scanning_process", wall],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**ENVIRONMENT, "PYTHONPATH": ":".join(path for path in sys.path if path)},
            )
            os.set_blocking(self._process.stdin.fileno(), False)  # type: ignore[union-attr]
            self._is_ready = False
        return self._process

    def scan(
        self, content: bytes, *, is_strict: bool = False, allowed_names: Sequence[str] = ()
    ) -> Scan:
        """The scan of a file; one that takes too much of anything says so.

        Raises:
            FailedPrecondition: when no scanning process can be started.
        """
        options = json.dumps({"is_strict": is_strict, "allowed_names": list(allowed_names)})
        with self._lock:
            # A process that was ended from outside is replaced once.
            for _ in range(2):
                try:
                    return self._scan(content, options.encode())
                except frames.FrameError as error:
                    self._end()
                    if error.is_late:
                        return Scan(findings=("the file takes longer to read than a model may",))
        return Scan(findings=("the file ended the process that read it",))

    def _scan(self, content: bytes, options: bytes) -> Scan:
        process = self.start()
        requests, answers = process.stdin.fileno(), process.stdout.fileno()  # type: ignore[union-attr]
        self._require_ready(answers)
        deadline = time.monotonic() + LIMITS.wall_seconds
        frames.write_frame(requests, SCAN, [options], deadline)
        frames.write_frame(requests, SCAN, [content], deadline)
        _, body = frames.read_frame(answers, {SCANNED: _ANSWER_BYTES}, deadline)
        try:
            return decode(body, Scan)
        except FailedPrecondition:
            raise frames.FrameError("no scan") from None

    def _require_ready(self, answers: int) -> None:
        if not self._is_ready:
            try:
                frames.read_frame(answers, {frames.READY: 0}, time.monotonic() + _START_SECONDS)
            except frames.FrameError as error:
                self._end()
                raise FailedPrecondition(
                    "no file is scanned here: the scanning process cannot shut itself in",
                    reason="WALL_MISSING",
                ) from error
            self._is_ready = True

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()


def to_json(scan: Scan) -> bytes:
    """The scan as the process sends it."""
    return msgspec.json.encode(scan)
