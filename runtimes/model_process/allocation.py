"""How a process that scores keeps memory between batches."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

import numpy as np
import pyarrow as pa

# glibc: https://man7.org/linux/man-pages/man3/mallopt.3.html
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_MIB = 1 << 20


def keep_memory() -> None:
    """Keep up to some hundred megabytes of freed memory for the next batch.

    By default the allocators return the memory of each batch to the system, which zeroes each page
    before it hands it out again: a fifth of the time of a fast model. Arrow uses the same allocator
    as NumPy, so that both share the freed memory; Arrow's own would reserve a gibibyte at once.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(AttributeError):  # another C library than glibc
        tune = ctypes.CDLL(None).mallopt
        tune(_M_TRIM_THRESHOLD, 256 * _MIB)
        tune(_M_TOP_PAD, 32 * _MIB)
        tune(_M_MMAP_THRESHOLD, 32 * _MIB)


def reserve_memory(library: str) -> None:
    """Let a library reserve address space before the memory of a model's process is limited.

    CatBoost's allocator reserves a gibibyte when it allocates for the first time, most of which it
    never uses. It does so here by the making of an object, on this thread alone.
    """
    if library == "catboost":
        sys.modules[library].Pool(np.zeros((1, 1)), thread_count=1)
