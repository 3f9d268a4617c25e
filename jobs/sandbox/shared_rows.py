"""A memory that this process writes rows into and a model's process reads them from."""

import fcntl
import mmap
import os
import tempfile
from contextlib import suppress
from typing import Any

import pyarrow as pa

_F_SEAL_FUTURE_WRITE = 0x10


class SharedRows:
    """One slot for each channel of a model's process. The other side can read, and not resize.

    Attributes:
        slots: how many there are.
        slot_bytes: the size of each.
        descriptor: of the memory, to be handed to the other side.
    """

    def __init__(self, slots: int, slot_bytes: int):
        self.slots = slots
        self.slot_bytes = slot_bytes
        self.descriptor = _memory(slots * slot_bytes)
        self._mapped = mmap.mmap(self.descriptor, slots * slot_bytes)
        self._buffers = [
            pa.py_buffer(memoryview(self._mapped)[slot * slot_bytes :][:slot_bytes])
            for slot in range(slots)
        ]
        self._is_open = True
        _seal(self.descriptor)

    def fits(self, batch: pa.RecordBatch) -> bool:
        """Whether a batch fits into a slot."""
        return _size(batch) <= self.slot_bytes

    def write(self, slot: int, batch: pa.RecordBatch) -> int:
        """Write a batch into a slot, and return its size in bytes.

        Raises:
            ValueError: when it does not fit, or the memory is closed.
        """
        if not self._is_open:
            raise ValueError("the memory is closed")
        with (
            pa.FixedSizeBufferWriter(self._buffers[slot]) as sink,
            pa.ipc.new_stream(sink, batch.schema) as stream,
        ):
            stream.write_batch(batch)
            return int(sink.tell())

    def close(self) -> None:
        """Free the memory, once no process has it mapped."""
        if self._is_open:
            self._is_open = False
            os.close(self.descriptor)
            self._buffers.clear()
            with suppress(BufferError):  # an error's traceback can still hold a buffer
                self._mapped.close()


def _size(batch: pa.RecordBatch) -> int:
    """What Arrow writes for a batch, dictionaries and schema included."""
    sink = pa.MockOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return int(sink.size())


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
