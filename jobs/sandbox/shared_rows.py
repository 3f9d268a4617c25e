"""A memory that this process writes rows into and a model's process reads them from."""

import fcntl
import mmap
import os
import tempfile
from typing import Any

import pyarrow as pa

_F_SEAL_FUTURE_WRITE = 0x10


class SharedRows:
    """One slot for each channel of a model's process. The other side can read, and not resize."""

    def __init__(self, slots: int, slot_bytes: int):
        self._slot_bytes = slot_bytes
        self.descriptor = _memory(slots * slot_bytes)
        self._mapped = mmap.mmap(self.descriptor, slots * slot_bytes)
        self._slots = [
            pa.py_buffer(memoryview(self._mapped)[slot * slot_bytes :][:slot_bytes])
            for slot in range(slots)
        ]
        _seal(self.descriptor)

    def fits(self, batch: pa.RecordBatch) -> bool:
        """Whether a batch fits into a slot, with some kilobytes for its schema."""
        return bool(_size(batch) <= self._slot_bytes)

    def write(self, slot: int, batch: pa.RecordBatch) -> int:
        """Write a batch into a slot, and return its size in bytes."""
        with (
            pa.FixedSizeBufferWriter(self._slots[slot]) as sink,
            pa.ipc.new_stream(sink, batch.schema) as stream,
        ):
            stream.write_batch(batch)
            return int(sink.tell())

    def close(self) -> None:
        """Free the memory, once no process has it mapped."""
        os.close(self.descriptor)
        self._slots.clear()


def _size(batch: pa.RecordBatch) -> int:
    schema_bytes = len(batch.schema.serialize())
    return int(pa.ipc.get_record_batch_size(batch)) + 2 * schema_bytes + 4096


def _memory(size: int) -> int:
    create: Any = getattr(os, "memfd_create", None)
    if create:
        descriptor: int = create("rows", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:  # no Linux, so no wall either
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size)
    return descriptor


def _seal(descriptor: int) -> None:
    if hasattr(fcntl, "F_ADD_SEALS"):
        seals = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | _F_SEAL_FUTURE_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
