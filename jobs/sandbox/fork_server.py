"""Starts the fork server of a runtime, and has it fork a process for each model."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from runtimes import model_process
from runtimes.model_process.wall import hide_memory
from shared.errors import FailedPrecondition, Transient

_PROGRAM = Path(model_process.__file__).parent
# The package that has the strict loader, `jobs` or the wheel's `mlsys.jobs`, after its folder.
_JOBS = str(__package__).rpartition(".")[0]
_STRICT = (str(Path(__file__).parents[2 + _JOBS.count(".")]), _JOBS)
_START_SECONDS = 120.0
_ANSWER_SECONDS = 60.0
_END_SECONDS = 5.0
_MESSAGE_BYTES = 1 << 16
_MAX_DETAIL = 500

# Nothing of this process's environment. Threads belong to whoever asks the model: libraries that
# would start their own get one.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own reserves a gibibyte at once
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class ForkServer:
    """A process with a runtime's libraries, from which the processes of models are forked.

    Threads may share it.
    """

    def __init__(self, interpreter: Path, *, is_strict: bool = False):
        """Start it; the imports go on while the caller does other things.

        Args:
            interpreter: the runtime's Python.
            is_strict: whether it imports the loader of the policy `strict`, from this product.
        """
        hide_memory()  # a model's process must not read it, nor the environment
        self.interpreter = interpreter
        self.sessions = 0
        self._lock = threading.Lock()
        self._is_ready = False
        self._folder = tempfile.mkdtemp(prefix="mlsys-model-")
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `close`)
        self._socket, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [str(interpreter), "-I", str(_PROGRAM), *(_STRICT if is_strict else [])],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    env=ENVIRONMENT,
                    cwd=self._folder,
                    # Its processes share no terminal with this one, and get none of its signals.
                    start_new_session=True,
                )
            except OSError as error:
                self._close_files()
                raise self._broken(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        """Whether it can fork."""
        return self._process.poll() is None

    def spawn(
        self, message: Mapping[str, Any], descriptors: Sequence[int], libraries: Iterable[str] = ()
    ) -> int:
        """Fork a process with these descriptors, and return its number.

        Args:
            message: what `runtimes.model_process.session.run` takes.
            descriptors: are open in the new process, under other numbers.
            libraries: names of libraries to import before the fork, e.g. "xgboost".

        Raises:
            FailedPrecondition: when the runtime's libraries cannot be imported.
            Transient: when the server has ended, or the system permits no further process.
        """
        answer = self._ask({**message, "libraries": sorted(libraries)}, descriptors)
        if "refused" in answer:
            raise Transient("no process for a model can be started", detail=answer["refused"])
        with self._lock:
            self.sessions += 1
        return int(answer["pid"])

    def end(self, process: int) -> int | None:
        """Kill a forked process, if it still runs.

        Returns:
            Its exit code; a negative one is the number of a signal, and None says that it has ended
            with this server.
        """
        with self._lock:
            self.sessions -= 1
        try:
            return os.waitstatus_to_exitcode(self._ask({"end": process}, ())["status"])
        except (FailedPrecondition, Transient):
            return None

    def _ask(self, message: Mapping[str, Any], descriptors: Sequence[int]) -> dict[str, Any]:
        with self._lock:
            try:
                self._require_ready()
                content = json.dumps(message).encode() + b"\n"
                socket.send_fds(self._socket, [content], list(descriptors))
                return self._read(_ANSWER_SECONDS)
            except OSError as error:
                # An answer that comes too late would be taken for that of the next question.
                self._process.kill()
                self._process.wait()
                raise Transient("the process that forks for models has ended") from error

    def _require_ready(self) -> None:
        if not self._is_ready:
            try:
                self._read(_START_SECONDS)
            except OSError as error:
                self._process.kill()
                self._process.wait()
                raise self._broken(self._error_text()) from error
            self._is_ready = True

    def _broken(self, detail: str) -> FailedPrecondition:
        return FailedPrecondition(
            f"the runtime of {self.interpreter} does not start: install it again",
            reason="RUNTIME_BROKEN",
            detail=detail,
        )

    def _read(self, seconds: float) -> dict[str, Any]:
        self._socket.settimeout(seconds)
        content = b""
        while not content.endswith(b"\n"):
            if not (chunk := self._socket.recv(_MESSAGE_BYTES)):
                raise ConnectionResetError("the fork server has ended")
            content += chunk
        answer: dict[str, Any] = json.loads(content)
        return answer

    def _error_text(self) -> str:
        with suppress(OSError, ValueError):
            self._errors.seek(0)
            return self._errors.read().decode(errors="replace")[-_MAX_DETAIL:]
        return ""

    def close(self) -> None:
        """End it, and every process that it has forked."""
        # It ends its children when its socket closes, and whoever waits for its answer goes on.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close_files()

    def _close_files(self) -> None:
        self._socket.close()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)
