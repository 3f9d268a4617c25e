"""The pickle machine that scan and loader share: Python's own, with what no model needs taken out.

Both read a file by the same code, byte for byte, so that what was scanned is what is loaded.
"""

import pickle
from collections.abc import Iterable
from typing import Any, ClassVar

from jobs.pickles.calls import check_call, require_use
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.keys import check_key
from jobs.pickles.names import Global, Names, Use
from jobs.pickles.opcodes import DENIED, Step, Steps, denial
from jobs.pickles.streams import Source

# The one in Python: what joblib reads by, and what can be watched step by step.
_Unpickler: Any = pickle._Unpickler


class Machine(_Unpickler):  # type: ignore[misc]
    """Runs a pickle as far as the rules allow.

    Attributes:
        position: where the current step began.
        depth: how many pickles this one is nested in.
    """

    steps: ClassVar[dict[int, Step]] = dict(_Unpickler.dispatch)

    def __init__(self, source: Source, names: Names, depth: int = 0) -> None:
        super().__init__(source)
        if depth > source.limits.nested_pickles:
            raise UnsafePickleError(f"nests more than {source.limits.nested_pickles} pickles")
        self.source = source
        self.names = names
        self.depth = depth
        self.position = source.position
        self._steps_left = source.limits.opcodes
        self.dispatch = Steps(self.steps, self._begin_step)

    def _begin_step(self) -> None:
        frame = self._unframer.current_frame
        unread = frame.getbuffer().nbytes - frame.tell() if frame else 0
        self.position = self.source.position - unread - 1
        self._steps_left -= 1
        if self._steps_left < 0:
            raise UnsafePickleError(f"takes more than {self.source.limits.opcodes:,} steps")

    # What scan and loader do each in their way.

    def global_of(self, value: Any) -> Global | None:
        """The name by which the pickle got a value; None when it got it otherwise."""
        raise NotImplementedError

    def view(self, value: Any) -> Any:
        """A value as the rules see it: what was named is a `Global`."""
        raise NotImplementedError

    def call(self, target: Any, arguments: tuple[Any, ...]) -> Any:
        """What a call gives."""
        raise NotImplementedError

    def new(self, kind: Any, arguments: tuple[Any, ...]) -> Any:
        """A new object."""
        raise NotImplementedError

    def build(self, made: Any, state: Any) -> Any:
        """Give an object its state; what takes its place on the stack is returned."""
        raise NotImplementedError

    # Steps that make and call.

    def load_reduce(self) -> None:
        """REDUCE: only a name that the pickle named is called, never what it computed."""
        arguments = self.stack.pop()
        target = self._named(self.stack[-1], "calls")
        check_call(target, self.view(arguments))
        self.stack[-1] = self.call(self.stack[-1], arguments)

    def load_newobj(self) -> None:
        """NEWOBJ: likewise."""
        arguments = self.stack.pop()
        kind = self.stack.pop()
        require_use(self._named(kind, "makes objects of"), Use.NEW)
        if type(arguments) is not tuple:
            raise UnsafePickleError("makes an object with arguments that are no tuple")
        self.append(self.new(kind, arguments))

    def _named(self, value: Any, verb: str) -> Global:
        if named := self.global_of(value):
            return named
        raise UnsafePickleError(f"{verb} something that it computed")

    def load_build(self) -> None:
        """BUILD: only an object gets a state, never a class or a function."""
        state = self.stack.pop()
        made = self.stack[-1]
        if named := self.global_of(made):
            raise UnsafePickleError(f"changes {named} itself")
        self.stack[-1] = self.build(made, state)

    # Steps that fill containers: a look-alike would be called by its own methods.

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
            check_key(key)
            self.set_item(target, key, value)

    def is_dictionary(self, value: Any) -> bool:
        """Whether a value is a dictionary, or stands for one."""
        raise NotImplementedError

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of a dictionary."""
        raise NotImplementedError

    def load_dict(self) -> None:
        """DICT: the items since the mark."""
        items = self.pop_mark()
        self.load_empty_dictionary()
        self._set_items(items)

    def load_additems(self) -> None:
        """ADDITEMS to a set."""
        values = self.pop_mark()
        self.add_items(self.stack[-1], self._hashable(values))

    def load_frozenset(self) -> None:
        """FROZENSET of the items since the mark."""
        self.append(self.frozen(self._hashable(self.pop_mark())))

    def _hashable(self, values: list[Any]) -> list[Any]:
        for value in values:
            check_key(value)
        return values

    def add_items(self, target: Any, values: Iterable[Any]) -> None:
        """Add to a set."""
        raise NotImplementedError

    def frozen(self, values: Iterable[Any]) -> Any:
        """A frozen set."""
        raise NotImplementedError

    # Steps that take memory before they have read what is to fill it.

    def load_bytearray8(self) -> None:
        """BYTEARRAY8: its bytes are read before memory is taken for them."""
        size = int.from_bytes(self.read(8), "little")
        self.append(bytearray(self.read(size)))

    def load_mark(self) -> None:
        """MARK: brackets do not open without end."""
        if len(self.metastack) > self.source.limits.open_marks:
            raise UnsafePickleError(f"opens more than {self.source.limits.open_marks} brackets")
        super().load_mark()

    def load_put(self) -> None:
        """PUT: numbers that collide as keys would make the memo slow."""
        self._remember(int(self.readline()))

    def load_long_binput(self) -> None:
        """LONG_BINPUT: likewise."""
        self._remember(int.from_bytes(self.read(4), "little"))

    def _remember(self, place: int) -> None:
        # Each place is taken by a step.
        if not 0 <= place <= self.source.limits.opcodes:
            raise UnsafePickleError("remembers something in a place that is not there")
        self.memo[place] = self.stack[-1]


_OWN_STEPS = {
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
Machine.steps |= {opcode[0]: step for opcode, step in _OWN_STEPS.items()}
Machine.steps |= {opcode[0]: denial(words) for opcode, words in DENIED.items()}
