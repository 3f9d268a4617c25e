"""Bounds on what a process takes while it loads a model that was approved elsewhere."""

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import LIMITS, Limits


@contextmanager
def bounded(limits: Limits = LIMITS) -> Iterator[None]:
    """Bound this process's memory and processor time for a while.

    Raises:
        MemoryError: out of the block, when it takes more memory.
        UnsafePickleError: out of the block, when it takes more processor time.
    """
    with _bounded_memory(limits.memory_bytes), _bounded_time(limits.cpu_seconds):
        yield


@contextmanager
def _bounded_memory(more_bytes: int) -> Iterator[None]:
    if (used := memory_bytes()) is None:
        yield
        return
    with _soft_limit(resource.RLIMIT_AS, used + more_bytes):
        yield


@contextmanager
def _bounded_time(more_seconds: int) -> Iterator[None]:
    # Only the main thread hears signals; elsewhere the signal would end the process.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    handler = signal.signal(signal.SIGXCPU, _refuse)
    try:
        seconds = int(used.ru_utime + used.ru_stime) + 1 + more_seconds
        with _soft_limit(resource.RLIMIT_CPU, seconds):
            yield
    finally:
        signal.signal(signal.SIGXCPU, handler)


def _refuse(_number: int, _frame: object) -> NoReturn:
    raise UnsafePickleError("takes longer to load than a model may")


@contextmanager
def _soft_limit(kind: int, value: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(kind)
    bounds = [each for each in (value, soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def memory_bytes() -> int | None:
    """The address space in use, None where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()
