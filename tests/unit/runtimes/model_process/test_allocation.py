import logging
import subprocess
import sys
import warnings

import pytest

from jobs.scoring.runtime import log_warnings

# Prints how many megabytes a process still holds after it has allocated and freed a hundred.
HELD = """
import resource
from pathlib import Path
import numpy as np, pyarrow as pa
from jobs.scoring.runtime import keep_memory

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000

{first}
before = resident()
taken = {take}
assert resident() - before > 90
del taken
print(resident() - before)
"""
WAYS = {
    "NumPy": "[np.ones(125_000) for _ in range(100)]",
    "Arrow": "[pa.array(np.ones(125_000)).fill_null(0) for _ in range(50)]",
}


def megabytes_held(first, take):
    code = HELD.format(first=first, take=take)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return int(done.stdout)


@pytest.mark.parametrize("take", WAYS.values(), ids=WAYS)
def test_freed_memory_is_kept_for_the_next_batch(take):
    assert megabytes_held("keep_memory()", take) > 90


def test_by_default_freed_memory_is_returned_to_the_system():
    assert megabytes_held("", WAYS["NumPy"]) < 45


@pytest.fixture
def logged(caplog):
    """The records that warnings became."""
    log_warnings()
    with caplog.at_level(logging.WARNING), warnings.catch_warnings():
        warnings.simplefilter("always")
        yield caplog
    logging.captureWarnings(capture=False)


def test_a_library_s_warning_is_a_record(logged):
    warnings.warn("this model was trained with another version", UserWarning, stacklevel=1)
    assert "this model was trained with another version" in logged.messages[0]


def test_a_false_alarm_of_threads_is_not_logged(logged):
    alarm = (
        "`sklearn.utils.parallel.delayed` should be used with `sklearn.utils.parallel.Parallel` "
        "to make it possible to propagate the scikit-learn configuration of the current thread"
    )
    warnings.warn(alarm, UserWarning, stacklevel=1)
    assert logged.messages == []
