"""Columns that are no predictions for three rows. It runs in the model's process."""

import struct

from tests.faults.wall.lies import end, frame, send


def column(code, content, validity=0, size=None):
    return struct.pack(">cBQ", code, validity, len(content) if size is None else size) + content


def numbers(*values):
    return struct.pack(f"<{len(values)}q", *values)


def offsets(*values):
    return struct.pack(f"<{len(values)}i", *values)


def answer(*columns, count=None):
    return struct.pack(">Q", len(columns) if count is None else count) + b"".join(columns)


_WELL = column(b"i", numbers(1, 2, 3))

BODIES = {
    "nothing": b"",
    "half a count": b"\0\0\0",
    "a count of nothing": answer(count=0),
    "a count of nothing, and a column": answer(_WELL, count=0),
    "a count of one, and nothing": answer(count=1),
    "a count of one, and two": answer(_WELL, _WELL, count=1),
    "a count of a billion": answer(_WELL, count=10**9),
    "the greatest count": answer(_WELL, count=2**64 - 1),
    "twenty thousand empty headers": answer(*[column(b"i", b"")] * 20000),
    "half a header": answer(_WELL[:5], count=1),
    "a header alone": answer(_WELL[:10], count=1),
    "an unknown type": answer(column(b"z", numbers(1, 2, 3))),
    "a type of zero": answer(column(b"\0", numbers(1, 2, 3))),
    "a validity of two": answer(column(b"i", numbers(1, 2, 3), validity=2)),
    "a size of nothing": answer(column(b"i", numbers(1, 2, 3), size=0)),
    "the greatest size": answer(column(b"i", numbers(1, 2, 3), size=2**64 - 1)),
    "one row too few": answer(column(b"i", numbers(1, 2))),
    "one row too many": answer(column(b"i", numbers(1, 2, 3, 4))),
    "no rows": answer(column(b"i", b"")),
    "a byte too many": answer(column(b"i", numbers(1, 2, 3) + b"\0")),
    "bytes after the columns": answer(_WELL) + b"more",
    "a bitmap that is missing": answer(column(b"i", numbers(1, 2, 3), validity=1)),
    "a bitmap of two bytes": answer(column(b"i", b"\7\7" + numbers(1, 2, 3), validity=1)),
    "truth values of no bytes": answer(column(b"b", b"")),
    "truth values of a byte each": answer(column(b"b", b"\1\1\1")),
    "texts without offsets": answer(column(b"s", b"")),
    "texts of three offsets": answer(column(b"s", offsets(0, 1, 2) + b"")),
    "texts that decrease": answer(column(b"s", offsets(0, 3, 1, 3) + b"abc")),
    "texts that begin below zero": answer(column(b"s", offsets(-8, 1, 2, 3) + b"abc")),
    "texts that all lie below zero": answer(column(b"s", offsets(-9, -8, -7, -6) + b"abc")),
    "texts past the end": answer(column(b"s", offsets(0, 1, 2, 1 << 30) + b"abc")),
    "texts at the greatest offset": answer(column(b"s", offsets(*[2**31 - 1] * 4) + b"abc")),
    "texts that start past the end": answer(column(b"s", offsets(4, 4, 4, 4) + b"abc")),
    "texts that are no UTF-8": answer(column(b"s", offsets(0, 1, 2, 3) + b"\xff\xfe\x80")),
    "texts that are cut within a letter": answer(column(b"s", offsets(0, 1, 2, 2) + b"\xc3\xa9")),
    "texts with surrogates": answer(column(b"s", offsets(0, 3, 3, 3) + b"\xed\xa0\x80")),
    "missing texts that decrease": answer(
        column(b"s", b"\0" + offsets(0, 3, 1, 3) + b"abc", validity=1)
    ),
}


def send_columns(name, world):
    send(frame(BODIES[name], kind=b"ANSW"))
    end()


def send_endless_texts(world):
    """A column whose announced size is what the limit just about allows, or not."""
    body = answer(column(b"s", offsets(0, 0, 0, 0), size=1 << 40))
    send(frame(body, kind=b"ANSW", size=1 << 40))
    while True:
        send(b"x" * 65536)


def send_many_columns(world):
    """Ten thousand outputs, as they could be, instead of one."""
    body = answer(*[column(b"i", numbers(1, 2, 3))] * 10000)
    send(frame(body, kind=b"ANSW"))
    end()
