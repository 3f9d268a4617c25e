"""The table of exact names: which modules' names a pickle may use, and in which ways.

The table is part of the image, never of a model's folder. It has two files: `generate_names` writes
`allowed_names_generated.txt` from the installed scikit-learn; people write
`allowed_names_reviewed.txt`. A line is

    uses module:name  # reason

where `uses` is one `Use` or several, joined by `+`. A pickle may refer to every name in the table.
It may create objects of a class by the opcode NEWOBJ where `uses` has `new`, and call the name by
the opcode REDUCE where it has `call`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
GENERATED = FOLDER / "allowed_names_generated.txt"
REVIEWED = FOLDER / "allowed_names_reviewed.txt"

_MAX_NAME = 120


class Use(StrEnum):
    """What a pickle may do with a name."""

    REFER = "refer"
    NEW = "new"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Global:
    """A module's class or function, as the opcodes GLOBAL and STACK_GLOBAL name it.

    Attributes:
        uses: what the table allows; empty for a name that is not in the table.
        is_custom: whether an operator allowed the name by MLSYS_ALLOWED_PICKLE_NAMES.
    """

    module: str
    name: str
    uses: frozenset[Use] = frozenset()
    is_custom: bool = False

    def __str__(self) -> str:
        text = f"{self.module}.{self.name}"
        return text if text.isprintable() and len(text) < _MAX_NAME else ascii(text)[:_MAX_NAME]

    @property
    def key(self) -> str:
        """The name as the table writes it: `module:name`."""
        return f"{self.module}:{self.name}"


# Protocols 0 to 2 and NumPy 1 write older names of the same things.
_MODULE_ALIASES = {
    "__builtin__": "builtins",
    "copy_reg": "copyreg",
    "numpy.core._multiarray_umath": "numpy._core._multiarray_umath",
    "numpy.core.multiarray": "numpy._core.multiarray",
    "numpy.core.numeric": "numpy._core.numeric",
}
_NAME_ALIASES = {("builtins", "xrange"): ("builtins", "range")}


def _canonical(module: str, name: str) -> tuple[str, str]:
    module = _MODULE_ALIASES.get(module, module)
    return _NAME_ALIASES.get((module, name), (module, name))


class NameTable:
    """Entries by name; older aliases of a name find the same entry."""

    def __init__(self, table: Mapping[str, Global]) -> None:
        self._table = dict(table)

    def __getitem__(self, pair: tuple[str, str]) -> Global:
        """The entry of a (module, name) pair; one without uses when the table has none."""
        module, name = _canonical(*pair)
        return self._table.get(f"{module}:{name}") or Global(module, name)

    def __iter__(self) -> Iterator[Global]:
        return iter(self._table.values())

    def with_custom(self, keys: Iterable[str]) -> "NameTable":
        """A table with further names, `module:name`; entries that exist keep their uses."""
        custom = {key: _custom(key) for key in keys if key not in self._table}
        return NameTable(self._table | custom)


def _custom(key: str) -> Global:
    module, _, name = key.partition(":")
    return Global(module, name, frozenset(Use), is_custom=True)


def read_table(*files: Path) -> dict[str, Global]:
    """The entries of table files, by key."""
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    entries = (_entry(line) for line in lines if line and not line.startswith("#"))
    return {entry.key: entry for entry in entries}


def _entry(line: str) -> Global:
    uses, key = line.partition("#")[0].split()
    module, _, name = key.partition(":")
    return Global(module, name, frozenset(Use(use) for use in uses.split("+")))


@cache
def default_names() -> NameTable:
    """The table of this image."""
    return NameTable(read_table(GENERATED, REVIEWED))
