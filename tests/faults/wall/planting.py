"""Walls with a hole in them, to show that the attacks would find it."""

import errno
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from jobs.sandbox import fork_server
from jobs.sandbox.fork_server import ForkServer
from jobs.sandbox.system_calls import ALLOWED, compile_filter

RUNTIMES = Path(__file__).parents[3] / "runtimes"

# An error that no layer but the filter gives: https://docs.kernel.org/userspace-api/seccomp_filter.html
REFUSED_BY_FILTER = errno.errorcode[errno.ENOTNAM]
_INSTRUCTION = struct.Struct("=HBBI")
_RETURN, _ERRNO, _KILL_PROCESS, _ALLOW = 0x06, 0x00050000, 0x80000000, 0x7FFF0000

_NOTHING = "lambda *_: None"
# A part of the wall, and what stands in for it; `original` is the part itself.
PARTS = {
    "capabilities": ("wall", "_drop_capabilities", _NOTHING),
    "closing": ("session", "_close_others", _NOTHING),
    "death with the server": ("wall", "end_with_parent", _NOTHING),
    "filter": ("wall", "_filter", _NOTHING),
    "landlock": ("landlock", "allow_reading_only", "lambda *_: False"),
    "limits": ("wall", "limit_process", _NOTHING),
    "no new privileges": (
        "wall",
        "_control",
        "lambda option, *rest: None if option == 38 else original(option, *rest)",
    ),
    "self-check": ("wall", "_require_refusal", _NOTHING),
    # These fail, or lie, as the kernel could.
    "a capability that stays": ("wall", "_drop_capabilities", "lambda: fail()"),
    "a filter that is refused": ("wall", "_filter", "lambda _: fail()"),
    "a landlock that is refused": ("landlock", "allow_reading_only", "lambda *_: fail()"),
    "a landlock that does not hold": ("landlock", "allow_reading_only", "lambda *_: True"),
    "a limit that is refused": ("wall", "limit_process", "lambda _: fail()"),
    "a promise that is refused": (
        "wall",
        "_control",
        "lambda option, *rest: fail() if option == 38 else original(option, *rest)",
    ),
    "a thread that is there": (
        "wall",
        "limit_process",
        "lambda _: threading.Thread(target=time.sleep, args=[60], daemon=True).start()",
    ),
    "an error of its own": ("wall", "shut_in", "lambda _: {}['nothing']"),
}

_SOURCE = """
import errno, sys, threading, time
sys.path[0] = {runtimes!r}
from model_process import fork_server, landlock, session, wall

unwatched = set()

def fail():
    raise OSError(errno.ENOSYS, "no such call")

def become(message, *rest):
    for module, name, replacement in message["parts"]:
        module = globals()[module]
        names = dict(globals(), original=getattr(module, name))
        setattr(module, name, eval(replacement, names))
    become.original(message, *rest)

def answer(message, *rest):
    answered = answer.original(message, *rest)
    if message.get("is_watched") is False:
        unwatched.add(answered["pid"])
    return answered

def watch(children):
    watch.original(children - unwatched)

for function, name in (
    (become, "_become_model_process"), (answer, "_answer"), (watch, "_end_thread_bombs")
):
    function.original = getattr(fork_server, name)
    setattr(fork_server, name, function)
fork_server.main()
"""


class PlantedServer(ForkServer):
    """A fork server whose processes can leave parts of the wall out."""

    def __init__(self, interpreter: Path, folder: Path):
        program = folder / "program.py"
        program.write_text(_SOURCE.format(runtimes=str(RUNTIMES)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fork_server, "_PROGRAM", program)
            super().__init__(interpreter)

    def without(self, *parts: str) -> "LeakyServer":
        """The same server, for processes without these parts."""
        return LeakyServer(self, parts)


class LeakyServer:
    """What a session needs of a fork server, with parts that are left out."""

    def __init__(self, server: PlantedServer, parts: Sequence[str]):
        self._server = server
        self._planted = {
            "is_watched": "watch" not in parts,
            "parts": [PARTS[part] for part in parts if part != "watch"],
        }
        self.end = server.end

    def spawn(
        self, message: Mapping[str, Any], descriptors: Sequence[int], libraries: Iterable[str]
    ) -> int:
        return self._server.spawn({**message, **self._planted}, descriptors, libraries)


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
