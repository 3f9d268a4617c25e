"""A process that examines models behind a wall: `python -m` this module.

It has imported what models need, and forks for each one that it is given, so an examination costs
milliseconds, not the seconds that importing takes. The fork has little processor time, memory and
clock time, and no file to write to. Requests come by standard input, verdicts go by standard
output, each after its length; the end of the input is the end of the process.
"""

import gc
import os
import resource
import select
import signal
import sys
import time
from typing import BinaryIO, NoReturn

from jobs.models.inspection import inspect
from jobs.models.inspection_result import Conditions, InspectionResult, quarantined
from jobs.pickles.bounds import memory_bytes
from jobs.pickles.limits import LIMITS, MIB, Limits
from jobs.sandbox.messages import read_part, write_parts

_PIPE_BYTES = 1 << 16


def serve(requests: BinaryIO, verdicts: BinaryIO, limits: Limits = LIMITS) -> None:
    """Answer requests until there are no more."""
    while conditions := read_part(requests):
        content = read_part(requests)
        if content is None:
            return
        verdict = _examined(content, Conditions.from_json(conditions), limits)
        del content
        write_parts(verdicts, [verdict.to_json().encode()])


def _examined(content: bytes, conditions: Conditions, limits: Limits) -> InspectionResult:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _examine_and_exit(content, conditions, limits, writer)
    os.close(writer)
    try:
        answer = _answer(reader, limits.wall_seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return _verdict(answer, os.waitstatus_to_exitcode(status), limits)


def _examine_and_exit(
    content: bytes, conditions: Conditions, limits: Limits, writer: int
) -> NoReturn:
    try:
        _close_the_doors(limits)
        verdict = inspect(content, conditions, limits)
    except MemoryError:
        verdict = quarantined(_too_large(limits))
    except BaseException as error:  # noqa: BLE001  (whatever happened, it happened to this model)
        verdict = quarantined(f"the examination failed: {type(error).__name__}: {error!s:.200}")
    with open(writer, "wb") as stream:
        stream.write(verdict.to_json().encode())
    os._exit(0)


def _too_large(limits: Limits) -> str:
    return f"the model needs more than {limits.memory_bytes // MIB:,} MiB of memory to load"


def _close_the_doors(limits: Limits) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory := memory_bytes():
        limit = memory + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _answer(reader: int, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    answer = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([reader], [], [], left)[0]:
            break
        if not (chunk := os.read(reader, _PIPE_BYTES)):
            return bytes(answer)
        answer += chunk
    return b""


def _verdict(answer: bytes, code: int, limits: Limits) -> InspectionResult:
    try:
        return InspectionResult.from_json(answer)
    except (ValueError, TypeError, KeyError):
        return quarantined(_end(code, limits))


def _end(code: int, limits: Limits) -> str:
    # Beyond its processor time a process is told so by SIGXCPU, then killed; so is a late one.
    if -code in {signal.SIGKILL, signal.SIGXCPU}:
        seconds = limits.cpu_seconds
        return f"the file was stopped: a model has {seconds} s to be read, loaded and asked"
    if code < 0:
        return f"the file ended the process that loaded it: {signal.Signals(-code).name}"
    return f"the file ended the process that loaded it with code {code}"


if __name__ == "__main__":
    # What is imported by now is shared by every fork, as long as nobody touches it.
    gc.collect()
    gc.freeze()
    serve(sys.stdin.buffer, sys.stdout.buffer)
