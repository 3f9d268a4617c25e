"""Loads pickles of plain values: numbers, texts, bytes, lists, tuples, dictionaries and sets.

Such a pickle names no class and no function, so loading it calls nothing. Any other is refused at
the first name, before it is looked up.
"""

import pickle
from typing import Any, Never

from jobs.pickles.decompression import Source
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.opcodes import OpcodeTable


class NotPlainError(Exception):
    """The file holds something else than plain values."""


_Unpickler: Any = pickle._Unpickler


class _PlainLoader(_Unpickler):  # type: ignore[misc]
    """An unpickler that counts its steps and looks nothing up."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._steps_left = source.limits.opcodes
        self.dispatch = OpcodeTable(dict(_Unpickler.dispatch), self._count)

    def _count(self) -> None:
        self._steps_left -= 1
        if self._steps_left < 0:
            raise NotPlainError

    def find_class(self, _module: str, _name: str) -> Never:
        raise NotPlainError

    def get_extension(self, _code: int) -> Never:
        raise NotPlainError

    def persistent_load(self, _pid: Any) -> Never:
        raise NotPlainError


def plain_value(content: bytes) -> Any:
    """The plain value that a file holds.

    Raises:
        NotPlainError: when it holds anything else, or is broken.
    """
    try:
        source = Source(content)
        value = _PlainLoader(source).load()
        source.require_end()
    except (NotPlainError, UnsafePickleError):
        raise NotPlainError from None
    except Exception as error:
        # A broken pickle can raise any exception.
        raise NotPlainError from error
    return value
