"""The pickle machine that the scan and the loader share: Python's own, with the rules built in.

Both interpret a file with the same code, byte for byte, so the loader executes what was scanned.
"""

import pickle
from collections.abc import Iterable
from typing import Any, ClassVar

from jobs.pickles.allowed_calls import require_allowed_call, require_allowed_use
from jobs.pickles.allowed_names import Global, NameTable, Use
from jobs.pickles.allowed_states import require_allowed_key
from jobs.pickles.decompression import Source
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.opcodes import DENIED_OPCODES, OpcodeMethod, OpcodeTable, denied

# The unpickler written in Python: joblib uses it too, and each opcode is a method to override.
_Unpickler: Any = pickle._Unpickler


class Machine(_Unpickler):  # type: ignore[misc]
    """Executes a pickle as far as the rules allow.

    Attributes:
        opcodes: the method of each opcode.
        position: the byte at which the current opcode begins.
        depth: how many pickles this one is nested in.
    """

    opcodes: ClassVar[dict[int, OpcodeMethod]] = dict(_Unpickler.dispatch)

    def __init__(self, source: Source, names: NameTable, depth: int = 0) -> None:
        super().__init__(source)
        if depth > source.limits.nested_pickles:
            raise UnsafePickleError(f"nests more than {source.limits.nested_pickles} pickles")
        self.source = source
        self.names = names
        self.depth = depth
        self.position = source.position
        self._opcodes_left = source.limits.opcodes
        self.dispatch = OpcodeTable(self.opcodes, self._begin_opcode)

    def _begin_opcode(self) -> None:
        frame = self._unframer.current_frame
        unread = frame.getbuffer().nbytes - frame.tell() if frame else 0
        self.position = self.source.position - unread - 1
        self._opcodes_left -= 1
        if self._opcodes_left < 0:
            raise UnsafePickleError(f"takes more than {self.source.limits.opcodes:,} steps")

    # The scan does these with symbolic objects, the loader with real ones.

    def global_of(self, value: Any) -> Global | None:
        """The name that a value was looked up by; None for any other value."""
        raise NotImplementedError

    def view(self, value: Any) -> Any:
        """A value with each named class or function replaced by its `Global`."""
        raise NotImplementedError

    def call(self, target: Any, arguments: tuple[Any, ...]) -> Any:
        """The result of a call."""
        raise NotImplementedError

    def new(self, kind: Any, arguments: tuple[Any, ...]) -> Any:
        """A new object of a class."""
        raise NotImplementedError

    def build(self, target: Any, state: Any) -> Any:
        """Give an object its state; the result replaces it on the stack."""
        raise NotImplementedError

    # Opcodes that create objects.

    def load_reduce(self) -> None:
        """REDUCE: calls only a name that the pickle looked up, never a computed object."""
        arguments = self.stack.pop()
        target = self._require_named(self.stack[-1], "calls")
        require_allowed_call(target, self.view(arguments))
        self.stack[-1] = self.call(self.stack[-1], arguments)

    def load_newobj(self) -> None:
        """NEWOBJ: creates an object of a class that the pickle looked up."""
        arguments = self.stack.pop()
        kind = self.stack.pop()
        require_allowed_use(self._require_named(kind, "makes objects of"), Use.NEW)
        if type(arguments) is not tuple:
            raise UnsafePickleError("makes an object with arguments that are no tuple")
        self.append(self.new(kind, arguments))

    def _require_named(self, value: Any, verb: str) -> Global:
        if named := self.global_of(value):
            return named
        raise UnsafePickleError(f"{verb} something that it computed")

    def load_build(self) -> None:
        """BUILD: gives a state to an object, never to a class or a function."""
        state = self.stack.pop()
        target = self.stack[-1]
        if named := self.global_of(target):
            raise UnsafePickleError(f"changes {named} itself")
        self.stack[-1] = self.build(target, state)

    # Opcodes that fill containers; of objects of other types they would call methods.

    def load_append(self) -> None:
        """APPEND to a list."""
        value = self.stack.pop()
        self._extend([value])

    def load_appends(self) -> None:
        """APPENDS to a list."""
        self._extend(self.pop_mark())

    def _extend(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise UnsafePickleError("appends to something that is no list")
        target.extend(values)

    def load_setitem(self) -> None:
        """SETITEM of a dictionary."""
        value = self.stack.pop()
        self._set_items([self.stack.pop(), value])

    def load_setitems(self) -> None:
        """SETITEMS of a dictionary."""
        self._set_items(self.pop_mark())

    def _set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not self.is_dictionary(target):
            raise UnsafePickleError("sets items of something that is no dictionary")
        for key, value in zip(items[::2], items[1::2], strict=True):
            require_allowed_key(key)
            self.set_item(target, key, value)

    def is_dictionary(self, value: Any) -> bool:
        """Whether a value is a dictionary or represents one."""
        raise NotImplementedError

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of a dictionary."""
        raise NotImplementedError

    def load_dict(self) -> None:
        """DICT: a dictionary of the items since the mark."""
        items = self.pop_mark()
        self.load_empty_dictionary()
        self._set_items(items)

    def load_additems(self) -> None:
        """ADDITEMS to a set."""
        values = self.pop_mark()
        self.add_items(self.stack[-1], self._require_allowed_keys(values))

    def load_frozenset(self) -> None:
        """FROZENSET: of the items since the mark."""
        self.append(self.frozen_set(self._require_allowed_keys(self.pop_mark())))

    def _require_allowed_keys(self, values: list[Any]) -> list[Any]:
        for value in values:
            require_allowed_key(value)
        return values

    def add_items(self, target: Any, values: Iterable[Any]) -> None:
        """Add to a set."""
        raise NotImplementedError

    def frozen_set(self, values: Iterable[Any]) -> Any:
        """A frozen set."""
        raise NotImplementedError

    # Opcodes that would take memory or time before they read any content.

    def load_bytearray8(self) -> None:
        """BYTEARRAY8: reads the bytes before it allocates memory for them."""
        size = int.from_bytes(self.read(8), "little")
        self.append(bytearray(self.read(size)))

    def load_mark(self) -> None:
        """MARK: limits how many marks are open."""
        if len(self.metastack) > self.source.limits.open_marks:
            raise UnsafePickleError(f"opens more than {self.source.limits.open_marks} brackets")
        super().load_mark()

    def load_put(self) -> None:
        """PUT: limits the index; indices with colliding hashes would make the memo slow."""
        self._put(int(self.readline()))

    def load_long_binput(self) -> None:
        """LONG_BINPUT: limits the index like PUT."""
        self._put(int.from_bytes(self.read(4), "little"))

    def _put(self, index: int) -> None:
        # Picklers count indices from 0 and spend an opcode on each, so this limit holds.
        if not 0 <= index <= self.source.limits.opcodes:
            raise UnsafePickleError("numbers its memo in a way that no pickler does")
        self.memo[index] = self.stack[-1]


_METHODS = {
    pickle.REDUCE: Machine.load_reduce,
    pickle.NEWOBJ: Machine.load_newobj,
    pickle.BUILD: Machine.load_build,
    pickle.APPEND: Machine.load_append,
    pickle.APPENDS: Machine.load_appends,
    pickle.SETITEM: Machine.load_setitem,
    pickle.SETITEMS: Machine.load_setitems,
    pickle.DICT: Machine.load_dict,
    pickle.ADDITEMS: Machine.load_additems,
    pickle.FROZENSET: Machine.load_frozenset,
    pickle.BYTEARRAY8: Machine.load_bytearray8,
    pickle.MARK: Machine.load_mark,
    pickle.PUT: Machine.load_put,
    pickle.LONG_BINPUT: Machine.load_long_binput,
}
Machine.opcodes |= {opcode[0]: method for opcode, method in _METHODS.items()}
Machine.opcodes |= {opcode[0]: denied(reason) for opcode, reason in DENIED_OPCODES.items()}
