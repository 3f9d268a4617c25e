import mmap
import os

import numpy as np
import pyarrow as pa
import pytest

from jobs.sandbox import shared_rows
from jobs.sandbox.shared_rows import SharedRows

SLOT = 1 << 16


@pytest.fixture
def rows():
    rows = SharedRows(2, SLOT)
    yield rows
    rows.close()


def batch_of(size):
    return pa.RecordBatch.from_pydict({"x": np.arange(size), "t": ["text"] * size})


def read(rows, slot, size):
    """What the other side reads: it maps the descriptor, for reading only."""
    with mmap.mmap(rows.descriptor, 2 * SLOT, prot=mmap.PROT_READ) as mapped:
        content = bytes(mapped[slot * SLOT :][:size])
    return pa.ipc.open_stream(content).read_next_batch()


def test_rows_are_read_as_they_were_written(rows):
    first, second = batch_of(10), batch_of(20)
    sizes = [rows.write(slot, batch) for slot, batch in enumerate((first, second))]
    assert read(rows, 0, sizes[0]).equals(first)
    assert read(rows, 1, sizes[1]).equals(second)


def test_a_slot_is_written_again_and_again(rows):
    for size in (100, 1, 50):
        assert read(rows, 0, rows.write(0, batch_of(size))).equals(batch_of(size))


def test_a_slice_is_written_alone(rows):
    part = batch_of(100_000).slice(70_000, 10)
    assert rows.fits(part)
    assert read(rows, 0, rows.write(0, part)).equals(part)


def test_what_fits_is_known_before_it_is_written(rows):
    for size in range(1, 6000, 97):
        if rows.fits(batch_of(size)):
            assert rows.write(0, batch_of(size)) <= SLOT
        else:
            with pytest.raises((ValueError, OSError)):
                rows.write(0, batch_of(size))
    assert rows.fits(batch_of(1))
    assert not rows.fits(batch_of(6000))


def test_dictionaries_count_too(rows):
    words = [f"{number:0100}" for number in range(1000)]
    column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array(words))
    assert not rows.fits(pa.RecordBatch.from_arrays([column], ["x"]))


def test_a_larger_slot_leaves_its_neighbour_alone(rows):
    size = rows.write(1, batch_of(3))
    with pytest.raises((ValueError, OSError)):
        rows.write(0, batch_of(10_000))
    assert read(rows, 1, size).equals(batch_of(3))


def test_the_other_side_cannot_write_nor_resize(rows):
    with pytest.raises(PermissionError):
        mmap.mmap(rows.descriptor, 2 * SLOT, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    with pytest.raises(PermissionError):
        os.write(rows.descriptor, b"any")
    for size in (0, SLOT, 4 * SLOT):
        with pytest.raises(PermissionError):
            os.ftruncate(rows.descriptor, size)


def test_a_memory_is_closed_once_only(rows):
    rows.close()
    other = os.open(os.devnull, os.O_RDONLY)  # gets the number that was freed
    try:
        rows.close()
        os.fstat(other)
        with pytest.raises(ValueError, match="closed"):
            rows.write(0, batch_of(1))
    finally:
        os.close(other)


def test_a_system_without_such_memory_takes_a_file(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.delattr(shared_rows.fcntl, "F_ADD_SEALS")
    rows = SharedRows(2, SLOT)
    try:
        assert read(rows, 1, rows.write(1, batch_of(5))).equals(batch_of(5))
    finally:
        rows.close()
