"""The limits of this process; tests/faults/pickles has what they stop, in other processes."""

import resource
import signal
import threading

import pytest

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import MIB, Limits, address_space_bytes, limited_process

KINDS = (resource.RLIMIT_AS, resource.RLIMIT_CPU)


def soft_limits():
    return [resource.getrlimit(kind)[0] for kind in KINDS]


def test_memory_and_processor_time_are_limited_inside_the_block_only():
    before, handler = soft_limits(), signal.getsignal(signal.SIGXCPU)
    used = address_space_bytes()
    with limited_process(Limits(memory_bytes=4096 * MIB, cpu_seconds=600)):
        memory, seconds = soft_limits()
        assert used <= memory - 4096 * MIB <= used + 64 * MIB
        assert 600 <= seconds < before[1] or before[1] == resource.RLIM_INFINITY
        assert signal.getsignal(signal.SIGXCPU) is not handler
    assert soft_limits() == before
    assert signal.getsignal(signal.SIGXCPU) is handler


def test_the_limits_are_lifted_after_an_error_too():
    before = soft_limits()
    with pytest.raises(ValueError, match="broken"), limited_process():
        raise ValueError("broken")
    assert soft_limits() == before


def test_the_signal_of_the_processor_time_becomes_an_error():
    with pytest.raises(UnsafePickleError, match="takes longer to load"), limited_process():
        signal.raise_signal(signal.SIGXCPU)


def test_another_thread_limits_memory_only():
    seen = []

    def limit():
        with limited_process():
            seen.extend(soft_limits())

    before = soft_limits()
    thread = threading.Thread(target=limit)
    thread.start()
    thread.join()
    assert seen[0] != before[0]
    assert seen[1] == before[1]
