"""Small files that break no rule of names and would take all memory or time."""

import pickle
import zlib

from tests.unit.jobs.pickles.assembly import (
    EMPTY_DICT,
    NONE,
    POP,
    built,
    called,
    dtype,
    file,
    items,
    made,
    named,
    number,
    recalled,
    remembered,
    several,
    wrapped_array,
)
from tests.unit.jobs.pickles.attacks import LOGISTIC

_MIB = 1 << 20
# Python's hash of an integer is its remainder modulo this prime.
_COLLIDING = 2**61 - 1


def _zeros(mebibytes, *around, wbits=15):
    """A compressed file of that many zero bytes between others, without compressing them all."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, wbits)
    begin, *end = around or (b"",)
    first = compressor.compress(begin + bytes(_MIB)) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = compressor.compress(bytes(_MIB)) + compressor.flush(zlib.Z_FULL_FLUSH)
    if not end:
        return first + again * (mebibytes - 1)
    return _with_checksum(first + again * (mebibytes - 1), begin, mebibytes, end[0])


def _with_checksum(compressed, begin, mebibytes, end):
    """The compressed content of `_zeros`, completed by its end and its checksum."""
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    checksum = zlib.adler32(begin)
    for _ in range(mebibytes):
        checksum = zlib.adler32(bytes(_MIB), checksum)
    checksum = zlib.adler32(end, checksum)
    return compressed + last.compress(end) + last.flush() + checksum.to_bytes(4, "big")


def _model_of(body):
    return file(built(made(LOGISTIC), items(C=body)))


def _claims(mebibytes):
    """A pickle that begins with a text of that many zero bytes."""
    return b"\x80\x04\x8d" + (mebibytes * _MIB).to_bytes(8, "little")


def _collisions(count):
    pairs = b"".join(number(_COLLIDING * index) + NONE for index in range(1, count))
    return EMPTY_DICT + pickle.MARK + pairs + pickle.SETITEMS


def _nested_tuples(depth):
    """A tuple of a tuple twice, of a tuple twice, …: its hash takes 2**depth steps."""
    steps = [remembered(several(NONE), 0)]
    for index in range(1, depth):
        again = recalled(index - 1)
        steps.append(POP + remembered(several(again, again), index))
    return b"".join(steps)


def _copies(mebibytes, count):
    """One long byte string, and many copies of it."""
    begin = b"\x80\x04\x8e" + (mebibytes * _MIB).to_bytes(8, "little")
    copy = called(named("builtins", "bytearray"), recalled(0))
    return _zeros(mebibytes, begin, remembered(b"", 0) + copy * count + b".")


BOMBS = {
    "a gibibyte in zlib": lambda: _zeros(1024, _claims(1024), b"."),
    "a gibibyte in gzip": lambda: _zeros(1024, wbits=31),
    "a gibibyte in zlib in zlib": lambda: zlib.compress(_zeros(1024)),
    "a text longer than its file": lambda: _zeros(50, _claims(700), b"."),
    "an array of a pebibyte": lambda: _model_of(wrapped_array(dtype("f8"), [2**47])),
    "an array of half a gibibyte": lambda: _model_of(wrapped_array(dtype("f8"), [2**26])),
    "copies of much": lambda: _copies(100, 30),
    "keys that collide": lambda: _model_of(_collisions(200_000)),
    "a hash without end": lambda: file(
        _nested_tuples(60) + POP + EMPTY_DICT + recalled(59) + NONE + b"s"
    ),
    "a great number": lambda: b"I" + b"9" * 3_000_000 + b"\n.",
    "a great number in hexadecimal": lambda: b"L0x" + b"f" * 30_000_000 + b"L\n.",
}
