"""Attempts to write into the memory that the product's process fills with rows."""

import ctypes
import sys

from tests.faults.wall.attack import attack, checked, libc

_READ, _WRITE = 1, 2
_PAGE = 4096


def shared_rows():
    """The address and the size of the process's own part of the shared memory."""
    rows = sys.modules["tests.faults.wall.model"].channel().rows
    numpy = sys.modules["numpy"]
    return numpy.frombuffer(rows, numpy.uint8).ctypes.data, len(rows)


@attack(behind="EACCES", opened="EACCES")
def make_the_shared_rows_writable(world):
    address, _ = shared_rows()
    checked(libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(_PAGE), _READ | _WRITE))
    ctypes.memset(address, 1, 1)
    return "written"


@attack(behind="EACCES", opened="EACCES")
def punch_a_hole_into_the_shared_rows(world):
    address, size = shared_rows()
    return [checked(libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), 9))]


@attack(behind="ended: the model ended its process: SIGSEGV", opened="*")
def write_into_the_shared_rows(world):
    address, _ = shared_rows()
    ctypes.memset(address, 1, 1)
    return "written"


@attack(behind="nothing", opened="nothing")
def find_the_shared_memory_among_the_descriptors(world):
    length = ctypes.c_long(0)
    return [each for each in range(1024) if libc.ftruncate(ctypes.c_int(each), length) == 0]
