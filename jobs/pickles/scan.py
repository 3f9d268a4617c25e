"""The inert scan: executes a pickle symbolically. It imports and calls nothing the pickle names."""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jobs.pickles.allowed_names import Global, NameTable
from jobs.pickles.allowed_states import array_size_bytes, require_allowed_state
from jobs.pickles.decompression import Source
from jobs.pickles.dtypes import dtype_from_arguments, dtype_from_state
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.findings import Findings, ScanResult
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.pickle_machine import Machine

_BYTES = {"_codecs:encode", "builtins:bytearray", "builtins:bytes"}
_DICTIONARIES = {"collections:OrderedDict", "collections:defaultdict", "sklearn.utils._bunch:Bunch"}
_MAX_VERSION_LENGTH = 40


def scan(content: bytes, names: NameTable, limits: Limits = LIMITS) -> ScanResult:
    """What a file would do if it was loaded. Broken files give findings too, never an exception."""
    findings = Findings()
    try:
        source = Source(content, limits)
    except UnsafePickleError as error:
        return ScanResult((f"the file {error}",))
    machine = _SymbolicMachine(source, names, findings)
    try:
        machine.load()
        source.require_end()
    except UnsafePickleError as error:
        findings.add(f"the file {error} (byte {machine.position})")
    except MemoryError:
        findings.add("the file needs more memory than a model may take")
    except Exception as error:  # noqa: BLE001  (a broken pickle can raise any exception)
        reason = f"{type(error).__name__} {error}".strip()
        findings.add(f"the file is no whole pickle: {reason:.120} at byte {machine.position}")
    return findings.result()


@dataclass(slots=True, eq=False)
class _SymbolicObject:
    """Represents an object that loading the pickle would create.

    Attributes:
        maker: the table's key of the class or function that would create it.
        dtype_: the NumPy data type that it represents, if it represents one.
        is_built: whether BUILD has given it its state.
    """

    maker: str
    dtype_: np.dtype[Any] | None = None
    is_built: bool = False


@dataclass(slots=True, eq=False)
class _SymbolicDictionary:
    """Represents a dictionary. Only texts are kept as keys, so no other key is hashed.

    Attributes:
        is_final: whether a data type refers to it, so that it must not change any more.
    """

    entries: dict[Any, Any] = field(default_factory=dict)
    maker: str = "builtins:dict"
    is_built: bool = False
    is_final: bool = False


class _SymbolicMachine(Machine):
    """Executes a pickle with symbolic objects."""

    def __init__(
        self, source: Source, names: NameTable, findings: Findings, depth: int = 0
    ) -> None:
        super().__init__(source, names, depth)
        self._findings = findings

    def find_class(self, module: str, name: str) -> Global:
        named = self.names[module, name]
        if not named.uses:
            self._findings.add_unknown_name(named, "names", self.position)
        return named

    def global_of(self, value: Any) -> Global | None:
        return value if isinstance(value, Global) else None

    def view(self, value: Any) -> Any:
        return value

    def call(self, target: Global, arguments: tuple[Any, ...]) -> Any:
        if not target.uses:
            self._findings.add_unknown_name(target, "calls", self.position)
        if target.key == "numpy:dtype":
            return _SymbolicObject(target.key, dtype_from_arguments(arguments))
        if target.key == "copyreg:_reconstructor":
            return self.new(arguments[0], ())
        if target.key in _BYTES:
            return _bytes_from_arguments(arguments)
        return self.new(target, arguments)

    def new(self, kind: Global, arguments: tuple[Any, ...]) -> Any:  # noqa: ARG002
        if kind.key in _DICTIONARIES:
            return _SymbolicDictionary(maker=kind.key)
        return _SymbolicObject(kind.key)

    def build(self, target: Any, state: Any) -> Any:
        if not isinstance(target, _SymbolicObject | _SymbolicDictionary) or target.is_built:
            raise UnsafePickleError("gives a state to something that takes none")
        target.is_built = True
        if target.maker == "joblib.numpy_pickle:NumpyArrayWrapper":
            return self._skip_array(state)
        if isinstance(target, _SymbolicObject) and target.dtype_ is not None:
            target.dtype_ = dtype_from_state(target.dtype_, state)
            if isinstance(fields := state[4], _SymbolicDictionary):
                fields.is_final = True
            return target
        require_allowed_state(target.maker, state)
        self._add_version(state)
        return target

    def _skip_array(self, state: Any) -> _SymbolicObject:
        if self.depth or not isinstance(state, _SymbolicDictionary):
            raise UnsafePickleError("describes an array where joblib does not")
        size = array_size_bytes(state.entries)
        if size is None:
            _SymbolicMachine(self.source, self.names, self._findings, self.depth + 1).load()
        else:
            if state.entries.get("numpy_array_alignment_bytes"):
                self.source.skip(self.source.read(1)[0])
            self.source.skip(size)
        return _SymbolicObject("joblib:array", is_built=True)

    def _add_version(self, state: Any) -> None:
        if isinstance(state, _SymbolicDictionary):
            version = state.entries.get("_sklearn_version")
            if isinstance(version, str):
                self._findings.sklearn_versions.add(version[:_MAX_VERSION_LENGTH])

    def load_empty_dictionary(self) -> None:
        """EMPTY_DICT."""
        self.append(_SymbolicDictionary())

    def is_dictionary(self, value: Any) -> bool:
        return isinstance(value, _SymbolicDictionary)

    def set_item(self, target: _SymbolicDictionary, key: Any, value: Any) -> None:
        if target.is_final:
            raise UnsafePickleError("changes the type of an array behind its back")
        target.entries[key if isinstance(key, str) else object()] = value

    def load_empty_set(self) -> None:
        """EMPTY_SET."""
        self.append(_SymbolicObject("builtins:set"))

    def add_items(self, target: Any, values: Iterable[Any]) -> None:  # noqa: ARG002
        if not isinstance(target, _SymbolicObject) or target.maker != "builtins:set":
            raise UnsafePickleError("adds to something that is no set")

    def frozen_set(self, values: Iterable[Any]) -> Any:  # noqa: ARG002
        return _SymbolicObject("builtins:frozenset", is_built=True)


def _bytes_from_arguments(arguments: tuple[Any, ...]) -> bytes:
    """Bytes as protocols without an opcode for them write them: (), (bytes,), (text, "latin1")."""
    content = arguments[0] if arguments else b""
    try:
        return content.encode("latin-1") if isinstance(content, str) else bytes(content)
    except UnicodeEncodeError as error:
        raise UnsafePickleError("writes bytes as a text that is not latin-1") from error


_SymbolicMachine.opcodes = Machine.opcodes | {
    pickle.EMPTY_DICT[0]: _SymbolicMachine.load_empty_dictionary,
    pickle.EMPTY_SET[0]: _SymbolicMachine.load_empty_set,
}
