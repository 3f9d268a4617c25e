"""One measurement: a fresh process, its seconds, and the peak memory of it and its children."""

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import psutil

_POLL_SECONDS = 0.05


class MeasurementFailedError(Exception):
    """A measured process failed; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a process took.

    Attributes:
        work_seconds: without imports and loading the model.
        whole_seconds: from its start to its end.
        peak_bytes: the most resident memory of it and its children together.
    """

    rows: int
    work_seconds: float
    whole_seconds: float
    peak_bytes: int


def measure(command: Sequence[str], *, cores: Sequence[int] = ()) -> Measurement:
    """Run a program that prints {"rows", "seconds"}, on some cores or on all.

    Raises:
        MeasurementFailedError: when it fails.
    """
    return finish(start(command, cores=cores))


@dataclass(frozen=True, slots=True)
class Started:
    """A process that is being measured."""

    process: "subprocess.Popen[str]"
    said: IO[str]
    start: float


def start(command: Sequence[str], *, cores: Sequence[int] = ()) -> Started:
    """Start a program on some cores, or on all."""
    # A pipe that nobody empties would fill up.
    said = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed when the process has ended)
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
    os.sched_setaffinity(process.pid, cores or os.sched_getaffinity(0))
    return Started(process, said, begun)


def finish(started: Started) -> Measurement:
    """Wait for a process, watching its memory.

    Raises:
        MeasurementFailedError: when it fails.
    """
    peak = 0
    watched = psutil.Process(started.process.pid)
    while started.process.poll() is None:
        peak = max(peak, _resident_bytes(watched))
        time.sleep(_POLL_SECONDS)
    whole = time.perf_counter() - started.start
    output, _ = started.process.communicate()
    with started.said as said:
        said.seek(0)
        if started.process.returncode:
            raise MeasurementFailedError("\n".join(said.read().splitlines()[-3:]))
    printed = json.loads(output.splitlines()[-1])
    return Measurement(printed["rows"], printed["seconds"], whole, peak)


def _resident_bytes(process: psutil.Process) -> int:
    try:
        family = [process, *process.children(recursive=True)]
        return sum(each.memory_info().rss for each in family)
    except psutil.NoSuchProcess:
        return 0


def median(measurements: Sequence[Measurement]) -> Measurement:
    """The medians of repeated measurements, but the highest of their peaks."""
    return Measurement(
        measurements[0].rows,
        statistics.median(each.work_seconds for each in measurements),
        statistics.median(each.whole_seconds for each in measurements),
        max(each.peak_bytes for each in measurements),
    )
