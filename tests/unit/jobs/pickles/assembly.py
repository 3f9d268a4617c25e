"""Assembles pickles opcode by opcode, also such as no pickler writes."""

import struct
from pickle import (
    BINBYTES,
    BINGET,
    BININT,
    BINPUT,
    BINUNICODE,
    BUILD,
    EMPTY_DICT,
    EMPTY_LIST,
    EMPTY_TUPLE,
    LONG4,
    MARK,
    NEWFALSE,
    NEWOBJ,
    NEWTRUE,
    NONE,
    POP,
    PROTO,
    REDUCE,
    SETITEMS,
    STACK_GLOBAL,
    STOP,
    TUPLE,
)

__all__ = ["EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "NEWFALSE", "NEWTRUE", "NONE", "POP"]


def text(value):
    encoded = value.encode()
    return BINUNICODE + struct.pack("<I", len(encoded)) + encoded


def octets(value):
    return BINBYTES + struct.pack("<I", len(value)) + value


def number(value):
    if -(2**31) <= value < 2**31:
        return BININT + struct.pack("<i", value)
    content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return LONG4 + struct.pack("<i", len(content)) + content


def named(module, name):
    return text(module) + text(name) + STACK_GLOBAL


def several(*items):
    return MARK + b"".join(items) + TUPLE


def called(target, *arguments):
    return target + several(*arguments) + REDUCE


def made(kind, *arguments):
    return kind + several(*arguments) + NEWOBJ


def items(**values):
    inner = b"".join(text(name) + value for name, value in values.items())
    return EMPTY_DICT + MARK + inner + SETITEMS


def built(target, state):
    return target + state + BUILD


def remembered(value, index):
    return value + BINPUT + bytes([index])


def recalled(index):
    return BINGET + bytes([index])


def file(body, protocol=4):
    return PROTO + bytes([protocol]) + body + STOP


def dtype(code):
    return called(named("numpy", "dtype"), text(code), NEWFALSE, NEWTRUE)


def wrapped_array(dtype_, shape, content=b"", **changes):
    """An array as joblib writes it, with changes."""
    state = {
        "subclass": named("numpy", "ndarray"),
        "shape": several(*(number(length) for length in shape)),
        "order": text("C"),
        "dtype": dtype_,
        "allow_mmap": NEWFALSE,
    } | changes
    return built(made(named("joblib.numpy_pickle", "NumpyArrayWrapper")), items(**state)) + content
