"""The table of exact names: all that a model may name, and what it may do with each.

It lives in the image, never in a model's folder. Two files make it: `generated_names.txt`, written
by `python -m jobs.pickles.generate` from the installed scikit-learn, and `reviewed_names.txt`,
written by hand with a reason on each line. A line is

    uses module:name  # reason

where a model may always refer to the name, make objects of the class where it says `new`, and call
it where it says `call`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
GENERATED = FOLDER / "generated_names.txt"
REVIEWED = FOLDER / "reviewed_names.txt"

_LONG_NAME = 120


class Use(StrEnum):
    """What a model may do with a name."""

    REFER = "refer"
    NEW = "new"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Global:
    """A name that a pickle names.

    Attributes:
        uses: what the table allows; empty for a name that is not in it.
        is_custom: whether an operator allowed it by configuration.
    """

    module: str
    name: str
    uses: frozenset[Use] = frozenset()
    is_custom: bool = False

    def __str__(self) -> str:
        text = f"{self.module}.{self.name}"
        return text if text.isprintable() and len(text) < _LONG_NAME else ascii(text)[:_LONG_NAME]

    @property
    def key(self) -> str:
        """As it stands in the table."""
        return f"{self.module}:{self.name}"


# Where Python 2's protocols and NumPy 1 write another name for the same thing.
_MODULE_SPELLINGS = {
    "__builtin__": "builtins",
    "copy_reg": "copyreg",
    "numpy.core._multiarray_umath": "numpy._core._multiarray_umath",
    "numpy.core.multiarray": "numpy._core.multiarray",
    "numpy.core.numeric": "numpy._core.numeric",
}
_SPELLINGS = {("builtins", "xrange"): ("builtins", "range")}


def _canonical(module: str, name: str) -> tuple[str, str]:
    module = _MODULE_SPELLINGS.get(module, module)
    return _SPELLINGS.get((module, name), (module, name))


class Names:
    """A table of names."""

    def __init__(self, table: Mapping[str, Global]) -> None:
        self._table = dict(table)

    def __getitem__(self, pair: tuple[str, str]) -> Global:
        """The entry of a (module, name) pair; one that allows nothing when there is none."""
        module, name = _canonical(*pair)
        return self._table.get(f"{module}:{name}") or Global(module, name)

    def __iter__(self) -> Iterator[Global]:
        return iter(self._table.values())

    def with_custom(self, keys: Iterable[str]) -> "Names":
        """This table and further names, as an operator configures them."""
        custom = {key: _custom(key) for key in keys if key not in self._table}
        return Names(self._table | custom)


def _custom(key: str) -> Global:
    module, _, name = key.partition(":")
    return Global(module, name, frozenset(Use), is_custom=True)


def read_table(*files: Path) -> dict[str, Global]:
    """The entries of table files by their keys."""
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    entries = (_entry(line) for line in lines if line and not line.startswith("#"))
    return {entry.key: entry for entry in entries}


def _entry(line: str) -> Global:
    uses, key = line.partition("#")[0].split()
    module, _, name = key.partition(":")
    return Global(module, name, frozenset(Use(use) for use in uses.split("+")))


@cache
def own_names() -> Names:
    """The table of this image."""
    return Names(read_table(GENERATED, REVIEWED))
