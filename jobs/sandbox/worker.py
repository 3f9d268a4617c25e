"""A process that inspects models in a sandbox: `python -m` this module.

It imports what models need once and forks for each model, so an inspection takes milliseconds
instead of the seconds that the imports take. The fork has limits of processor time, memory and
elapsed time, and can write no file. Requests come by standard input and results go by standard
output, each after its length; the process ends at the end of its input.
"""

import gc
import os
import resource
import select
import signal
import sys
import time
from typing import BinaryIO, NoReturn

from jobs.models.inspection import inspect_model
from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.pickles.limits import LIMITS, MIB, Limits, address_space_bytes
from jobs.sandbox.protocol import read_message, write_messages

_PIPE_BYTES = 1 << 16


def serve(requests: BinaryIO, results: BinaryIO, limits: Limits = LIMITS) -> None:
    """Inspect each model that `requests` holds, and write a result for each, until it ends."""
    while conditions := read_message(requests):
        content = read_message(requests)
        if content is None:
            return
        result = _inspect_in_fork(content, InspectionConditions.from_json(conditions), limits)
        del content
        write_messages(results, [result.to_json().encode()])


def _inspect_in_fork(
    content: bytes, conditions: InspectionConditions, limits: Limits
) -> InspectionResult:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _inspect_and_exit(content, conditions, limits, writer)
    os.close(writer)
    try:
        output = _read_in_time(reader, limits.wall_seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return _result(output, os.waitstatus_to_exitcode(status), limits)


def _inspect_and_exit(
    content: bytes, conditions: InspectionConditions, limits: Limits, writer: int
) -> NoReturn:
    try:
        _restrict_process(limits)
        result = inspect_model(content, conditions, limits)
    except MemoryError:
        result = quarantined(_memory_finding(limits))
    except BaseException as error:  # noqa: BLE001  (a model can raise anything, also SystemExit)
        result = quarantined(f"the inspection failed: {type(error).__name__}: {error!s:.200}")
    with open(writer, "wb") as stream:
        stream.write(result.to_json().encode())
    os._exit(0)


def _memory_finding(limits: Limits) -> str:
    return f"the model needs more than {limits.memory_bytes // MIB:,} MiB of memory to load"


def _restrict_process(limits: Limits) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if used := address_space_bytes():
        limit = used + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _read_in_time(reader: int, seconds: float) -> bytes:
    """All that the fork writes; nothing when it has not finished in time."""
    deadline = time.monotonic() + seconds
    output = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([reader], [], [], left)[0]:
            break
        if not (chunk := os.read(reader, _PIPE_BYTES)):
            return bytes(output)
        output += chunk
    return b""


def _result(output: bytes, exit_code: int, limits: Limits) -> InspectionResult:
    try:
        return InspectionResult.from_json(output)
    except (ValueError, TypeError, KeyError):
        return quarantined(_exit_finding(exit_code, limits))


def _exit_finding(exit_code: int, limits: Limits) -> str:
    # SIGXCPU, then SIGKILL, end a process at its limit of processor time; SIGKILL ends a late one.
    if -exit_code in {signal.SIGKILL, signal.SIGXCPU}:
        seconds = limits.cpu_seconds
        return f"the file was stopped: a model has {seconds} s to be read, loaded and described"
    if exit_code < 0:
        return f"the file ended the process that loaded it: {signal.Signals(-exit_code).name}"
    return f"the file ended the process that loaded it with code {exit_code}"


if __name__ == "__main__":
    # Forks share the memory of objects that the garbage collector does not touch.
    gc.collect()
    gc.freeze()
    serve(sys.stdin.buffer, sys.stdout.buffer)
