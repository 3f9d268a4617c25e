"""The inert scan: runs a pickle on paper. Imports nothing, calls nothing that a pickle names."""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jobs.pickles.dtypes import described_dtype, stated_dtype
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.findings import advice
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.machine import Machine
from jobs.pickles.names import Global, Names
from jobs.pickles.states import ARRAY_IN_FILE, array_bytes, check_state
from jobs.pickles.streams import Source

_MANY_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found.

    Attributes:
        findings: what is wrong, a sentence each; none when the file may be loaded.
        sklearn_versions: versions of scikit-learn that the file says it was written by.
    """

    findings: tuple[str, ...]
    sklearn_versions: tuple[str, ...] = ()


def scan(content: bytes, names: Names, limits: Limits = LIMITS) -> Scan:
    """What a file would do if it was loaded; it is not."""
    notes = _Notes()
    try:
        source = Source(content, limits)
    except UnsafePickleError as refusal:
        return Scan((f"the file {refusal}",))
    machine = _SymbolicMachine(source, names, notes)
    try:
        machine.load()
        source.require_end()
    except UnsafePickleError as refusal:
        notes.add(f"the file {refusal} (byte {notes.position or machine.position})")
    except MemoryError:
        notes.add("the file needs more memory than a model may take")
    except Exception as error:  # noqa: BLE001  (a broken pickle breaks the machine in any way)
        words = f"{type(error).__name__} {error}".strip()
        notes.add(f"the file is no whole pickle: {words:.120} at byte {machine.position}")
    return Scan(notes.findings(), tuple(sorted(notes.sklearn_versions)))


@dataclass(slots=True)
class _Notes:
    """What the machines of one file, nested in each other, write down."""

    sentences: list[str] = field(default_factory=list)
    foreign: dict[str, tuple[Global, str, int]] = field(default_factory=dict)
    sklearn_versions: set[str] = field(default_factory=set)
    position: int = 0

    def add(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def add_foreign(self, name: Global, verb: str, position: int) -> None:
        """Note a name that is not in the table, and the worst that is done with it."""
        if verb == "calls" or name.key not in self.foreign:
            self.foreign[name.key] = (name, verb, position)

    def findings(self) -> tuple[str, ...]:
        named = [
            f"the file {verb} {name} at byte {position}{advice(name)}"
            for name, verb, position in self.foreign.values()
        ]
        return (*named[:_MANY_FINDINGS], *self.sentences)


@dataclass(slots=True, eq=False)
class _Made:
    """Stands for an object that the pickle would have made.

    Attributes:
        maker: what made it, as in the table.
        dtype_: the data type that it stands for.
    """

    maker: str
    dtype_: np.dtype[Any] | None = None
    is_built: bool = False


@dataclass(slots=True, eq=False)
class _Dictionary:
    """Stands for a dictionary; hashes no key but texts, for the others stand objects.

    Attributes:
        is_final: whether somebody relies on what is in it.
    """

    entries: dict[Any, Any] = field(default_factory=dict)
    maker: str = "builtins:dict"
    is_built: bool = False
    is_final: bool = False


class _SymbolicMachine(Machine):
    """Runs a pickle over stand-ins."""

    def __init__(self, source: Source, names: Names, notes: _Notes, depth: int = 0) -> None:
        super().__init__(source, names, depth)
        self._notes = notes

    def find_class(self, module: str, name: str) -> Global:
        named = self.names[module, name]
        if not named.uses:
            self._notes.add_foreign(named, "names", self.position)
        return named

    def global_of(self, value: Any) -> Global | None:
        return value if isinstance(value, Global) else None

    def view(self, value: Any) -> Any:
        return value

    def call(self, target: Global, arguments: tuple[Any, ...]) -> Any:
        if not target.uses:
            self._notes.add_foreign(target, "calls", self.position)
        if target.key == "numpy:dtype":
            return _Made(target.key, described_dtype(arguments))
        if target.key == "copyreg:_reconstructor":
            return self.new(arguments[0], ())
        if target.key in _BYTES:
            return _written_out(arguments)
        return self.new(target, arguments)

    def new(self, kind: Global, arguments: tuple[Any, ...]) -> Any:  # noqa: ARG002
        if kind.key in _DICTIONARIES:
            return _Dictionary(maker=kind.key)
        return _Made(kind.key)

    def build(self, made: Any, state: Any) -> Any:
        if not isinstance(made, _Made | _Dictionary) or made.is_built:
            raise UnsafePickleError("gives a state to something that takes none")
        made.is_built = True
        if made.maker == "joblib.numpy_pickle:NumpyArrayWrapper":
            return self._array(state)
        if isinstance(made, _Made) and made.dtype_ is not None:
            made.dtype_ = stated_dtype(made.dtype_, state)
            if isinstance(fields := state[4], _Dictionary):
                fields.is_final = True
            return made
        check_state(made.maker, state)
        self._note_version(state)
        return made

    def _array(self, state: Any) -> _Made:
        if self.depth or not isinstance(state, _Dictionary):
            raise UnsafePickleError("describes an array where joblib does not")
        size = array_bytes(state.entries)
        if size < 0:
            _SymbolicMachine(self.source, self.names, self._notes, self.depth + 1).load()
        else:
            if state.entries.get("numpy_array_alignment_bytes"):
                self.source.skip(self.source.read(1)[0])
            self.source.skip(size)
        return _Made(ARRAY_IN_FILE, is_built=True)

    def _note_version(self, state: Any) -> None:
        if isinstance(state, _Dictionary):
            version = state.entries.get("_sklearn_version")
            if isinstance(version, str):
                self._notes.sklearn_versions.add(version[:40])

    def load_empty_dictionary(self) -> None:
        """EMPTY_DICT."""
        self.append(_Dictionary())

    def is_dictionary(self, value: Any) -> bool:
        return isinstance(value, _Dictionary)

    def set_item(self, target: _Dictionary, key: Any, value: Any) -> None:
        if target.is_final:
            raise UnsafePickleError("changes the type of an array behind its back")
        target.entries[key if isinstance(key, str) else object()] = value

    def load_empty_set(self) -> None:
        """EMPTY_SET."""
        self.append(_Made("builtins:set"))

    def add_items(self, target: Any, values: Iterable[Any]) -> None:  # noqa: ARG002
        if not isinstance(target, _Made) or target.maker != "builtins:set":
            raise UnsafePickleError("adds to something that is no set")

    def frozen(self, values: Iterable[Any]) -> Any:  # noqa: ARG002
        return _Made("builtins:frozenset", is_built=True)


def _written_out(arguments: tuple[Any, ...]) -> bytes:
    """Bytes as protocols without an opcode for them spell them: (), (bytes,), (text, "latin1")."""
    content = arguments[0] if arguments else b""
    try:
        return content.encode("latin-1") if isinstance(content, str) else bytes(content)
    except UnicodeEncodeError as error:
        raise UnsafePickleError("spells bytes that are none") from error


_BYTES = {"_codecs:encode", "builtins:bytearray", "builtins:bytes"}
_DICTIONARIES = {"collections:OrderedDict", "collections:defaultdict", "sklearn.utils._bunch:Bunch"}
_SymbolicMachine.steps = Machine.steps | {
    pickle.EMPTY_DICT[0]: _SymbolicMachine.load_empty_dictionary,
    pickle.EMPTY_SET[0]: _SymbolicMachine.load_empty_set,
}
