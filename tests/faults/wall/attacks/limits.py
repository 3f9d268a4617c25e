"""Attempts to take more than the limits of these tests' sessions permit."""

import ctypes
import resource
import threading
import time

from tests.faults.wall.attack import attack, libc

_KILLED = (
    "ended: the model's process was killed: it took too much memory, processor time or threads, "
    "or closed its channel"
)


@attack(behind="EMFILE", opened="EMFILE")
def open_many_files(world):
    files = [open(ctypes.__file__, "rb") for _ in range(300)]  # noqa: SIM115
    return len(files)


@attack(behind="raised MemoryError: ", opened="raised MemoryError: ")
def use_much_memory(world):
    return len(bytearray(1 << 29))


@attack(behind="ended: the model took more than 1 s of processor time", opened="*")
def compute_for_some_seconds(world):
    while time.process_time() < 2.5:
        pass
    return "computed"


@attack(behind=_KILLED, opened=_KILLED)
def start_many_threads(world):
    libc.mallopt(-8, 1)  # M_ARENA_MAX: they reserve no memory, which would be limited
    threading.stack_size(32768)
    for _ in range(400):
        threading.Thread(target=time.sleep, args=[60], daemon=True).start()
    time.sleep(2)
    return "started"


@attack(calls=("prlimit64", "setrlimit"), behind="nothing", opened="nothing")
def raise_every_limit(world):
    raised = []
    for name in dir(resource):
        if name.startswith("RLIMIT_"):
            kind = getattr(resource, name)
            _, hard = resource.getrlimit(kind)
            if hard == resource.RLIM_INFINITY:
                continue
            try:
                resource.setrlimit(kind, (hard, hard + 1))
                raised.append(name)
            except (OSError, ValueError, OverflowError):
                continue
    return raised
