import subprocess
import sys

import pytest

# What a process still holds, in megabytes, of a hundred that it has taken and freed.
HELD = """
import resource
from pathlib import Path
import numpy as np, pyarrow as pa
from jobs.scoring.memory import keep_memory

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
def test_what_a_batch_frees_is_there_for_the_next(take):
    assert megabytes_held("keep_memory()", take) > 90


def test_left_alone_it_would_be_given_back():
    assert megabytes_held("", WAYS["NumPy"]) < 45
