"""Settings of a process that scores: what it logs, and how it keeps memory between batches."""

import ctypes
import logging
from contextlib import suppress

import pyarrow as pa

# scikit-learn replaces the process's list of warning filters around each of its parallel calls. A
# thread that finds the list empty at that moment takes itself for one without configuration.
_THREAD_WARNING = "`sklearn.utils.parallel.delayed` should be used with"

# glibc: https://man7.org/linux/man-pages/man3/mallopt.3.html
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_MIB = 1 << 20


def log_warnings() -> None:
    """Log the warnings of libraries, one record each, without scikit-learn's false alarms."""
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").addFilter(_is_real)


def _is_real(record: logging.LogRecord) -> bool:
    return _THREAD_WARNING not in record.getMessage()


def keep_memory() -> None:
    """Keep up to some hundred megabytes of freed memory for the next batch.

    By default the allocators return the memory of each batch to the system, which zeroes each page
    before it hands it out again: a fifth of the time of a fast model. Arrow uses the same allocator
    as NumPy, so that both share the freed memory.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(AttributeError):  # another C library than glibc
        tune = ctypes.CDLL(None).mallopt
        tune(_M_TRIM_THRESHOLD, 256 * _MIB)
        tune(_M_TOP_PAD, 32 * _MIB)
        tune(_M_MMAP_THRESHOLD, 32 * _MIB)
