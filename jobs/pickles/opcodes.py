"""Which opcodes a pickle may use: all but those that no model needs. Each is counted.

The module stays alone because it is a rule of its own, beside names, calls and states. Pure.
"""

import pickle
from collections.abc import Callable
from typing import Any, Never

from jobs.pickles.errors import UnsafePickleError

OpcodeMethod = Callable[[Any], None]

DENIED_OPCODES = {
    pickle.EXT1: "an extension code",
    pickle.EXT2: "an extension code",
    pickle.EXT4: "an extension code",
    pickle.PERSID: "a persistent id",
    pickle.BINPERSID: "a persistent id",
    pickle.INST: "the opcode INST",
    pickle.OBJ: "the opcode OBJ",
    pickle.NEWOBJ_EX: "the opcode NEWOBJ_EX",
    pickle.NEXT_BUFFER: "a buffer outside of the file",
    pickle.READONLY_BUFFER: "a buffer outside of the file",
}


def denied(description: str) -> OpcodeMethod:
    """A method for an opcode that always raises UnsafePickleError."""

    def load_denied(_: object) -> Never:
        raise UnsafePickleError(f"uses {description}, which no honest model does")

    return load_denied


class OpcodeTable(dict[int, OpcodeMethod]):
    """The machine's methods by opcode; `before_each` runs at every lookup, so for every opcode.

    A lookup raises UnsafePickleError for an opcode that does not exist.
    """

    def __init__(self, methods: dict[int, OpcodeMethod], before_each: Callable[[], None]) -> None:
        super().__init__(methods)
        self._before_each = before_each

    def __getitem__(self, opcode: int) -> OpcodeMethod:
        self._before_each()
        return super().__getitem__(opcode)

    def __missing__(self, opcode: int) -> Never:
        raise UnsafePickleError(f"is no pickle: unknown opcode 0x{opcode:02x}")
