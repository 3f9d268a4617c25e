"""The fork server: imports what models need, once, and forks a process for each model.

Its parent talks to it through a socket that it got as descriptor 0. A message is a line of JSON;
`spawn` carries the channels of the new process as descriptors. The server sees no byte of a model.
It ends, and with it every process that it forked, when its parent closes the socket.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from . import allocation, session, wall

# Imported before the first fork, so that no process pays for it.
PRELOADED = (
    "numpy",
    "pandas",
    "pyarrow",
    "joblib",
    "sklearn.calibration",
    "sklearn.cluster",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.feature_extraction.text",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.multioutput",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.svm",
    "sklearn.tree",
)
# Imported too where they are: dill opens /dev/null for writing, which the wall refuses.
WRITERS = ("cloudpickle", "dill")
# Imported before the fork for the models that name them; they take seconds.
LIBRARIES = ("category_encoders", "catboost", "imblearn", "lightgbm", "xgboost")

_MESSAGE_BYTES = 1 << 20
_MOST_DESCRIPTORS = 253  # that the kernel hands over at a time
_MOST_THREADS = 256
_WATCH_SECONDS = 0.05


def serve(control: socket.socket, preloaded: Sequence[str] = PRELOADED) -> None:
    """Answer the parent's messages until it closes the socket."""
    wall.offer_to_end_first()
    wall.hide_memory()
    for name in preloaded:
        importlib.import_module(name)
    for name in WRITERS:
        with suppress(ImportError):
            importlib.import_module(name)
    session.warm()
    gc.collect()
    gc.freeze()  # what the collector does not touch stays shared between the processes
    children: set[int] = set()
    try:
        _send(control, {"ready": True, "versions": session.library_versions()})
        watched = time.monotonic()
        while True:
            is_asked = select.select([control], [], [], _WATCH_SECONDS if children else None)[0]
            if time.monotonic() - watched >= _WATCH_SECONDS:
                _end_thread_bombs(children)
                watched = time.monotonic()
            if is_asked:
                message, descriptors = _receive(control)
                if message is None:
                    return
                _send(control, _answer(message, descriptors, children, control))
    finally:
        for child in children:
            _end(child)


def _answer(
    message: dict[str, Any], descriptors: list[int], children: set[int], control: socket.socket
) -> dict[str, Any]:
    if "end" in message:
        child = message["end"]
        children.discard(child)
        return {"status": _end(child)}
    for name in message["libraries"]:
        if name in LIBRARIES:
            with suppress(Exception):  # the model's own process says what is wrong with it
                importlib.import_module(name)
                allocation.reserve_memory(name)
    server = os.getpid()
    try:
        child = os.fork()
        if not child:
            _become_model_process(message, descriptors, control, server)
    except OSError as error:
        return {"refused": str(error)}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    children.add(child)
    return {"pid": child}


def _become_model_process(
    message: dict[str, Any], descriptors: list[int], control: socket.socket, server: int
) -> NoReturn:
    """Serve one model in this fork, then exit."""
    try:
        wall.end_with_parent()
        if os.getppid() != server:  # it ended before that
            os._exit(1)
        control.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        session.run(message, descriptors)
    finally:
        os._exit(1)


def _end(child: int) -> int:
    """Kill a child, if it still runs, and return its status as `os.waitpid` gives it."""
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        return os.waitpid(child, 0)[1]
    return 0


def _end_thread_bombs(children: set[int]) -> None:
    # The limit of processes does not hold for root; a container's user never gets here.
    for child in children:
        with suppress(OSError):
            if len(list(Path(f"/proc/{child}/task").iterdir())) > _MOST_THREADS:
                os.kill(child, signal.SIGKILL)


def _send(control: socket.socket, message: dict[str, Any]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def _receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and the descriptors that came with it; None when the parent is gone."""
    content, numbers = b"", array.array("i")
    space = socket.CMSG_SPACE(_MOST_DESCRIPTORS * numbers.itemsize)
    while not content.endswith(b"\n"):
        received, ancillary, _, _ = control.recvmsg(_MESSAGE_BYTES, space)
        if not received:
            return None, []
        content += received
        for level, kind, packed in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers.frombytes(packed[: len(packed) - len(packed) % numbers.itemsize])
    return json.loads(content), list(numbers)


def main() -> None:
    """Serve on the socket that is descriptor 0."""
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(null, stream)
    os.close(null)
    serve(control)
    sys.exit(0)
