"""The wall: what a model's process takes away from itself before it sees the first byte of a model.

A child of the fork server has one thread, and nothing open but its channels. It drops every
capability, sets limits, and then asks the kernel for three things that it can never take back:
`no_new_privs`; Landlock, where the kernel has it; and a filter of system calls, which the product's
own process has compiled (`jobs/sandbox/system_calls.py`). Threads that start later inherit all of
it. Whatever cannot be done is an error: without a wall no model is loaded.
"""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import landlock
from .readable_paths import listed_folders, readable_paths

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = (
    1,
    4,
    22,
    24,
    38,
)
_SECCOMP_MODE_FILTER = 2
_CAPABILITIES_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63
_SIGKILL = 9
_INSTRUCTION_BYTES = 8
_THREADS = 1024


class WallError(Exception):
    """The wall cannot be built here."""


@dataclass(frozen=True)
class ProcessLimits:
    """What a process may take.

    Attributes:
        memory_bytes: address space beyond what it has when it begins.
        cpu_seconds: processor time of all its threads.
        descriptors: open files.
    """

    memory_bytes: int
    cpu_seconds: int
    descriptors: int = 256


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def end_with_parent() -> None:
    """Have the kernel kill this process when the thread that forked it ends."""
    with suppress(WallError):
        _control(_PR_SET_PDEATHSIG, _SIGKILL)


def hide_memory() -> None:
    """Make this process's memory and environment unreadable for others of the same user.

    It writes no core dumps any more, and debuggers cannot attach.
    """
    with suppress(WallError):
        _control(_PR_SET_DUMPABLE, 0)


def offer_to_end_first(folder: str = "/proc/self") -> None:
    """Have the kernel end this process, and those that it forks, when memory runs out.

    Otherwise it may choose the product's own.
    """
    with suppress(OSError):
        Path(folder, "oom_score_adj").write_text("1000", "ascii")


def limit_process(limits: ProcessLimits) -> None:
    """Set the limits; they hold with and without a wall."""
    memory, tasks = _address_space_bytes(), _task_count()
    for name in ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_MSGQUEUE", "RLIMIT_MEMLOCK"):
        _limit(name, 0)
    _limit("RLIMIT_NOFILE", limits.descriptors)
    if memory is not None:
        _limit("RLIMIT_AS", memory + limits.memory_bytes)
    if tasks is not None:
        _limit("RLIMIT_NPROC", tasks + _THREADS)
    # The signal says why the process has ended; one that ignores it is killed a second later.
    _limit("RLIMIT_CPU", limits.cpu_seconds, limits.cpu_seconds + 1)


def _limit(name: str, value: int, hard_value: int | None = None) -> None:
    kind = getattr(resource, name, None)
    if kind is None:
        return
    values = (value, value if hard_value is None else hard_value)
    _, greatest = resource.getrlimit(kind)
    if greatest != resource.RLIM_INFINITY:
        values = (min(values[0], greatest), min(values[1], greatest))
    resource.setrlimit(kind, values)


def _address_space_bytes() -> int | None:
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()


def _task_count() -> int | None:
    """How many threads the system has: the limit counts those of all processes of a user."""
    try:
        running = Path("/proc/loadavg").read_text("ascii").split()[3]
    except OSError:
        return None
    return int(running.partition("/")[2])


def shut_in(system_calls: bytes) -> None:
    """Build the wall around this process.

    Args:
        system_calls: the filter, as a program of the Berkeley Packet Filter.

    Raises:
        WallError: when any part of it cannot be built, or does not hold.
    """
    _require_single_thread()
    paths, listed = readable_paths(sys.path), listed_folders(sys.path)
    try:
        _drop_capabilities()
        _control(_PR_SET_NO_NEW_PRIVS, 1)
        is_restricted = landlock.allow_reading_only(paths, listed)
        _filter(system_calls)
    except OSError as error:
        raise WallError(f"the kernel refuses it: {error}") from error
    _require_wall()
    if is_restricted:
        _require_refusal("reading a folder", lambda: os.listdir("/"))


def _require_single_thread() -> None:
    # Landlock restricts the thread that asks for it, not its siblings.
    if len(os.listdir("/proc/self/task")) != 1:
        raise WallError("a library has started a thread before the wall stood")


def _drop_capabilities() -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        # Needs the capability to do so; a process that has none has nothing to drop.
        with suppress(WallError):
            _control(_PR_CAPBSET_DROP, capability)
    header = _CapabilityHeader(_CAPABILITIES_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(ctypes.byref(header), ctypes.byref(nothing)):
        raise WallError("capabilities cannot be dropped")


def _filter(system_calls: bytes) -> None:
    instructions = ctypes.create_string_buffer(system_calls, len(system_calls))
    program = _Program(
        len(system_calls) // _INSTRUCTION_BYTES, ctypes.cast(instructions, ctypes.c_void_p)
    )
    _control(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def _control(option: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    prctl = getattr(libc, "prctl", None)
    if prctl is None:
        raise WallError("this is no Linux")
    padded = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:4]]
    if prctl(ctypes.c_int(option), *padded):
        raise WallError(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _require_wall() -> None:
    """Require that three things which every escape needs are refused."""
    _require_refusal("a socket", lambda: socket.socket().close())
    _require_refusal("a new process", _fork)
    _require_refusal("writing a file", lambda: os.close(os.open("/dev/null", os.O_WRONLY)))


def _require_refusal(name: str, attempt: Callable[[], object]) -> None:
    try:
        attempt()
    except OSError:
        return
    raise WallError(f"the wall does not hold: it permits {name}")


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
