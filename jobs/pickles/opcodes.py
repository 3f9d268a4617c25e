"""The steps of the pickle machine: counted, and some of them taken out."""

import pickle
from collections.abc import Callable
from typing import Any, Never

from jobs.pickles.errors import UnsafePickleError

Step = Callable[[Any], None]

DENIED = {
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


def denial(words: str) -> Step:
    """A step that refuses to be taken."""

    def load_denied(_: object) -> Never:
        raise UnsafePickleError(f"uses {words}, which no honest model does")

    return load_denied


class Steps(dict[int, Step]):
    """The steps by their opcodes; the machine hears of each as it is looked up."""

    def __init__(self, steps: dict[int, Step], begin_step: Callable[[], None]) -> None:
        super().__init__(steps)
        self._begin_step = begin_step

    def __getitem__(self, opcode: int) -> Step:
        self._begin_step()
        return super().__getitem__(opcode)

    def __missing__(self, opcode: int) -> Never:
        raise UnsafePickleError(f"is no pickle: unknown opcode 0x{opcode:02x}")
