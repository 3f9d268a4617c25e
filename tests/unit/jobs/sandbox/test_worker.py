"""What a worker says of a fork that ended; tests/faults/pickles/test_workers.py forks."""

import os
import signal
from io import BytesIO

import pytest

from jobs.models.inspection_result import InspectionResult
from jobs.pickles.limits import Limits
from jobs.sandbox import worker
from jobs.sandbox.protocol import write_messages


def test_a_result_that_a_fork_wrote_is_its_result():
    written = InspectionResult(is_approved=True, findings=("one",))
    assert worker._result(written.to_json().encode(), 0, Limits()) == written


@pytest.mark.parametrize(
    ("exit_code", "finding"),
    [
        (-signal.SIGKILL, "was stopped: a model has 6 s"),
        (-signal.SIGXCPU, "was stopped: a model has 6 s"),
        (-signal.SIGSEGV, "ended the process that loaded it: SIGSEGV"),
        (3, "ended the process that loaded it with code 3"),
    ],
)
@pytest.mark.parametrize("output", [b"", b"{", b"[]", b"{}", b'{"findings": []}', b'"text"'])
def test_a_fork_that_ended_without_a_result_is_a_finding(output, exit_code, finding):
    result = worker._result(output, exit_code, Limits(cpu_seconds=6))
    assert not result.is_approved
    assert finding in result.findings[0]


def test_output_is_read_to_its_end_and_nothing_of_it_when_it_comes_late():
    reader, writer = os.pipe()
    os.write(writer, b"half a ")
    assert worker._read_in_time(reader, 0.02) == b""
    os.write(writer, b"result")
    os.close(writer)
    assert worker._read_in_time(reader, 10) == b"result"
    os.close(reader)


def test_a_worker_ends_at_the_end_of_its_input():
    results = BytesIO()
    worker.serve(BytesIO(), results)
    cut = BytesIO()
    write_messages(cut, [b"{}"])
    worker.serve(BytesIO(cut.getvalue() + b"\0" * 7), results)
    assert results.getvalue() == b""
