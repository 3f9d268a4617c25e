import subprocess
import sys

import pytest

# Prints how many megabytes a process still holds after it has allocated and freed a hundred.
HELD = """
import resource
from pathlib import Path
import numpy as np, pyarrow as pa
from runtimes.model_process.allocation import keep_memory

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
