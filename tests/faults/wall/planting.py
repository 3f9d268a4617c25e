"""Walls with a hole in them, to show that the attacks would find it."""

import errno
import struct
from collections.abc import Iterable
from pathlib import Path

from jobs.sandbox.system_calls import ALLOWED, compile_filter

RUNTIMES = Path(__file__).parents[3] / "runtimes"

# An error that no layer but the filter gives: https://docs.kernel.org/userspace-api/seccomp_filter.html
REFUSED_BY_FILTER = errno.errorcode[errno.ENOTNAM]
_INSTRUCTION = struct.Struct("=HBBI")
_RETURN, _ERRNO, _KILL_PROCESS, _ALLOW = 0x06, 0x00050000, 0x80000000, 0x7FFF0000

# A part of the wall, and what stands in for it.
PARTS = {
    "capabilities": ("wall", "_drop_capabilities", "None"),
    "close": ("session", "_close_others", "None"),
    "filter": ("wall", "_filter", "None"),
    "landlock": ("landlock", "allow_reading_only", "False"),
    "limits": ("wall", "limit_process", "None"),
    "privileges": ("wall", "_control", "None"),
    "self-check": ("wall", "_require_wall", "None"),
    "threads": ("wall", "_require_single_thread", "None"),
    "watch": ("fork_server", "_end_thread_bombs", "None"),
}

_SOURCE = """
import sys
sys.path[0] = {runtimes!r}
from model_process import fork_server, landlock, session, wall

def leave_out(module, name, stand_in):
    assert hasattr(module, name), name
    setattr(module, name, lambda *_: stand_in)

{parts}
fork_server.main()
"""


def source_without(parts: Iterable[str]) -> str:
    """A program like `runtimes/model_process` that leaves these parts of the wall out."""
    lines = ["leave_out({}, {!r}, {})".format(*PARTS[part]) for part in parts]
    return _SOURCE.format(runtimes=str(RUNTIMES), parts="\n".join(lines))


def filter_with(*calls: str) -> bytes:
    """The filter that allows these calls in addition, and refuses with an error of its own."""
    program = compile_filter(ALLOWED | set(calls))
    return b"".join(
        _INSTRUCTION.pack(*_planted(*each, calls)) for each in _INSTRUCTION.iter_unpack(program)
    )


def _planted(
    code: int, true: int, false: int, value: int, calls: Iterable[str]
) -> tuple[int, int, int, int]:
    if code == _RETURN and value == _ERRNO | errno.EPERM:
        value = _ERRNO | errno.ENOTNAM
    if code == _RETURN and value == _KILL_PROCESS and "a 32-bit call" in calls:
        value = _ALLOW
    return code, true, false, value
