"""How much of everything a model may take, and how a process is held to it.

The register service has 2 GiB: the file, its decompressed content and the loaded objects must fit.
"""

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from jobs.pickles.errors import UnsafePickleError

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one inspection, or of one load.

    Attributes:
        upload_bytes: size of the file.
        content_bytes: size of the file's content after decompression.
        opcodes: opcodes that the pickle executes.
        nested_pickles: depth of pickles within pickles, as joblib writes arrays of objects.
        open_marks: marks that are open at the same time.
        memory_bytes: memory beyond what the inspecting process has before it reads the model.
        cpu_seconds: processor time of an inspection.
        wall_seconds: elapsed time of an inspection.
    """

    upload_bytes: int = 256 * MIB
    content_bytes: int = 768 * MIB
    opcodes: int = 10_000_000
    nested_pickles: int = 8
    open_marks: int = 500
    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 6
    wall_seconds: int = 8


LIMITS = Limits()


@contextmanager
def limited_process(limits: Limits = LIMITS) -> Iterator[None]:
    """Limit this process's memory and processor time inside the block.

    Raises:
        MemoryError: from the block, when it takes more memory.
        UnsafePickleError: from the block, when it takes more processor time.
    """
    with _limited_memory(limits.memory_bytes), _limited_cpu_time(limits.cpu_seconds):
        yield


@contextmanager
def _limited_memory(additional_bytes: int) -> Iterator[None]:
    if (used := address_space_bytes()) is None:
        yield
        return
    with _soft_limit(resource.RLIMIT_AS, used + additional_bytes):
        yield


@contextmanager
def _limited_cpu_time(additional_seconds: int) -> Iterator[None]:
    # Python runs signal handlers in the main thread only; elsewhere SIGXCPU ends the process.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    handler = signal.signal(signal.SIGXCPU, _raise_timeout)
    try:
        seconds = int(used.ru_utime + used.ru_stime) + 1 + additional_seconds
        with _soft_limit(resource.RLIMIT_CPU, seconds):
            yield
    finally:
        signal.signal(signal.SIGXCPU, handler)


def _raise_timeout(_number: int, _frame: object) -> NoReturn:
    raise UnsafePickleError("takes longer to load than a model may")


@contextmanager
def _soft_limit(kind: int, value: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(kind)
    finite = [each for each in (value, soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min(finite), hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def address_space_bytes() -> int | None:
    """The address space that this process uses; None where /proc is missing."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()
