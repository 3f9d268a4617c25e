"""How a process that scores keeps its memory: what one batch frees, the next one takes.

Left alone, the allocators give the megabytes that a batch frees back to the system, which hands
them out again page by page, each of them zeroed: a fifth of the time of a fast model.
"""

import ctypes
from contextlib import suppress

import pyarrow as pa

# Of glibc: https://man7.org/linux/man-pages/man3/mallopt.3.html
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_MIB = 1 << 20


def keep_memory() -> None:
    """Keep what is freed, up to some hundred megabytes, and let Arrow share it with NumPy."""
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(AttributeError):  # another C library decides for itself
        tune = ctypes.CDLL(None).mallopt
        tune(_M_TRIM_THRESHOLD, 256 * _MIB)
        tune(_M_TOP_PAD, 32 * _MIB)
        tune(_M_MMAP_THRESHOLD, 32 * _MIB)
