"""Executes a pickle with symbols in the place of objects, and notes what it names.

Nothing is refused but what no unpickler could execute, and nothing is imported or called.
"""

import pickle
from dataclasses import dataclass, field
from math import prod
from typing import Any, ClassVar

from jobs.pickles.alarming_names import is_alarming
from jobs.pickles.booster_versions import xgboost_version
from jobs.pickles.decompression import Source
from jobs.pickles.dtypes import dtype_from_arguments, dtype_from_state
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.file_facts import FileFacts
from jobs.pickles.opcodes import OpcodeMethod, OpcodeTable

_Unpickler: Any = pickle._Unpickler

_MAX_NAMES = 2_000
_MAX_TEXT = 200


@dataclass(slots=True, eq=False)
class _Symbol:
    """Represents a class, a function, or an object that loading would create."""

    name: str = ""
    entries: dict[str, Any] = field(default_factory=dict)
    dtype_: Any = None


class SymbolicReader(_Unpickler):  # type: ignore[misc]
    """Executes a pickle with symbols."""

    opcodes: ClassVar[dict[int, OpcodeMethod]] = dict(_Unpickler.dispatch)

    def __init__(self, source: Source, facts: FileFacts, depth: int = 0) -> None:
        super().__init__(source)
        if depth > source.limits.nested_pickles:
            raise UnsafePickleError(f"nests more than {source.limits.nested_pickles} pickles")
        self._source, self._facts, self._depth = source, facts, depth
        self._opcodes_left = source.limits.opcodes
        self.dispatch = OpcodeTable(self.opcodes, self._count)

    def _count(self) -> None:
        self._opcodes_left -= 1
        if self._opcodes_left < 0:
            raise UnsafePickleError(f"takes more than {self._source.limits.opcodes:,} steps")

    def load_proto(self) -> None:
        """PROTO."""
        number = self.read(1)[0]
        self._facts.protocol = max(self._facts.protocol, number)

    def find_class(self, module: str, name: str) -> _Symbol:
        """GLOBAL, STACK_GLOBAL, INST: a symbol, whose name is noted."""
        module, name = str(module)[:_MAX_TEXT], str(name)[:_MAX_TEXT]
        if len(self._facts.modules) < _MAX_NAMES:
            self._facts.modules.add(module)
        if is_alarming(module, name) and len(self._facts.alarming) < _MAX_NAMES:
            self._facts.alarming.add(f"{module}.{name}")
        return _Symbol(f"{module}:{name}")

    def get_extension(self, code: int) -> None:
        """EXT1, EXT2, EXT4."""
        self.append(_Symbol(f"extension:{code}"))

    def persistent_load(self, _pid: Any) -> _Symbol:
        """PERSID, BINPERSID."""
        return _Symbol("persistent")

    def _made(self, maker: Any, arguments: Any = ()) -> Any:
        name = maker.name if isinstance(maker, _Symbol) else ""
        if name.endswith(":_reconstructor") and isinstance(arguments, tuple) and arguments:
            return self._made(arguments[0])
        if name in {
            "_codecs:encode",
            "builtins:bytearray",
            "builtins:bytes",
            "__builtin__:bytearray",
        }:
            first = arguments[0] if isinstance(arguments, tuple) and arguments else b""
            is_bytes = isinstance(first, bytes | bytearray)
            return first if is_bytes else str(first).encode("latin-1", "replace")
        if name == "numpy:dtype" and isinstance(arguments, tuple):
            return _Symbol(name, dtype_=dtype_from_arguments(arguments))
        return _Symbol(name)

    def load_reduce(self) -> None:
        """REDUCE."""
        arguments = self.stack.pop()
        self.stack[-1] = self._made(self.stack[-1], arguments)

    def load_newobj(self) -> None:
        """NEWOBJ."""
        self.stack.pop()
        self.stack[-1] = self._made(self.stack[-1])

    def load_newobj_ex(self) -> None:
        """NEWOBJ_EX."""
        self.stack.pop()
        self.load_newobj()

    def load_obj(self) -> None:
        """OBJ."""
        items = self.pop_mark()
        self.append(self._made(items[0] if items else None))

    def load_inst(self) -> None:
        """INST."""
        module = self.readline()[:-1].decode("ascii", "replace")
        name = self.readline()[:-1].decode("ascii", "replace")
        self.pop_mark()
        self.append(self._made(self.find_class(module, name)))

    def load_build(self) -> None:
        """BUILD; joblib's arrays follow their description in the file."""
        state = self.stack.pop()
        target = self.stack[-1]
        entries = state.entries if isinstance(state, _Symbol) else {}
        if isinstance(target, _Symbol):
            if target.name.startswith("joblib.numpy_pickle:NumpyArrayWrapper"):
                self._skip_array(entries)
                return
            if target.dtype_ is not None:
                target.dtype_ = dtype_from_state(target.dtype_, state)
            self._note_versions(target.name, entries)

    def _note_versions(self, maker: str, entries: dict[str, Any]) -> None:
        if isinstance(version := entries.get("_sklearn_version"), str):
            self._facts.add_version("sklearn", version)
        handle = entries.get("handle")
        if isinstance(handle, bytes | bytearray) and maker.startswith("xgboost."):
            self._note_xgboost(bytes(handle))

    def _note_xgboost(self, booster: bytes) -> None:
        if version := xgboost_version(booster):
            self._facts.add_version("xgboost", version)

    def _skip_array(self, entries: dict[str, Any]) -> None:
        dtype, shape = getattr(entries.get("dtype"), "dtype_", None), entries.get("shape")
        if dtype is None or dtype.hasobject or not isinstance(shape, tuple):
            SymbolicReader(self._source, self._facts, self._depth + 1).load()
            return
        if entries.get("numpy_array_alignment_bytes"):
            self._source.skip(self._source.read(1)[0])
        self._source.skip(prod(shape) * dtype.itemsize)

    # Containers: their elements are noted already; only texts are kept as keys of dictionaries.

    def load_empty_dictionary(self) -> None:
        """EMPTY_DICT."""
        self.append(_Symbol("builtins:dict"))

    def _set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, _Symbol):
            for key, value in zip(items[::2], items[1::2], strict=False):
                if isinstance(key, str):
                    target.entries[key] = value

    def load_setitem(self) -> None:
        """SETITEM."""
        value = self.stack.pop()
        key = self.stack.pop()
        self._set_items([key, value])

    def load_setitems(self) -> None:
        """SETITEMS."""
        self._set_items(self.pop_mark())

    def load_dict(self) -> None:
        """DICT."""
        items = self.pop_mark()
        self.load_empty_dictionary()
        self._set_items(items)

    def load_append(self) -> None:
        """APPEND."""
        self.stack.pop()

    def load_appends(self) -> None:
        """APPENDS and ADDITEMS."""
        self.pop_mark()

    def load_empty_set(self) -> None:
        """EMPTY_SET."""
        self.append(_Symbol("builtins:set"))

    def load_frozenset(self) -> None:
        """FROZENSET."""
        self.pop_mark()
        self.append(_Symbol("builtins:frozenset"))

    def load_bytearray8(self) -> None:
        """BYTEARRAY8: reads the bytes before it allocates memory for them."""
        size = int.from_bytes(self.read(8), "little")
        self.append(self.read(size))

    def load_long_binput(self) -> None:
        """LONG_BINPUT and PUT: a large index would make the memo slow."""
        self._put(int.from_bytes(self.read(4), "little"))

    def load_put(self) -> None:
        """PUT."""
        self._put(int(self.readline()))

    def _put(self, index: int) -> None:
        if not 0 <= index <= self._source.limits.opcodes:
            raise UnsafePickleError("numbers its memo in a way that no pickler does")
        self.memo[index] = self.stack[-1]

    def load_next_buffer(self) -> None:
        """NEXT_BUFFER."""
        raise UnsafePickleError("needs a buffer that is not in the file")


_METHODS: dict[bytes, OpcodeMethod] = {
    pickle.PROTO: SymbolicReader.load_proto,
    pickle.REDUCE: SymbolicReader.load_reduce,
    pickle.NEWOBJ: SymbolicReader.load_newobj,
    pickle.NEWOBJ_EX: SymbolicReader.load_newobj_ex,
    pickle.OBJ: SymbolicReader.load_obj,
    pickle.INST: SymbolicReader.load_inst,
    pickle.BUILD: SymbolicReader.load_build,
    pickle.EMPTY_DICT: SymbolicReader.load_empty_dictionary,
    pickle.SETITEM: SymbolicReader.load_setitem,
    pickle.SETITEMS: SymbolicReader.load_setitems,
    pickle.DICT: SymbolicReader.load_dict,
    pickle.APPEND: SymbolicReader.load_append,
    pickle.APPENDS: SymbolicReader.load_appends,
    pickle.EMPTY_SET: SymbolicReader.load_empty_set,
    pickle.ADDITEMS: SymbolicReader.load_appends,
    pickle.FROZENSET: SymbolicReader.load_frozenset,
    pickle.BYTEARRAY8: SymbolicReader.load_bytearray8,
    pickle.PUT: SymbolicReader.load_put,
    pickle.LONG_BINPUT: SymbolicReader.load_long_binput,
    pickle.NEXT_BUFFER: SymbolicReader.load_next_buffer,
}
SymbolicReader.opcodes |= {opcode[0]: method for opcode, method in _METHODS.items()}
