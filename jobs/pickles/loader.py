"""The restricted loader: the second wall. It keeps the scan's rules with real objects."""

import importlib
import warnings
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper
from sklearn.exceptions import InconsistentVersionWarning

from jobs.pickles.dtypes import stated_dtype
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.machine import Machine
from jobs.pickles.names import Global, Names
from jobs.pickles.states import array_bytes, check_state
from jobs.pickles.streams import Source

_NEVER_BUILT = (type, FunctionType, BuiltinFunctionType, ModuleType, np.ufunc)


def load(content: bytes, names: Names, limits: Limits = LIMITS) -> Any:
    """The object that a file holds.

    Raises:
        UnsafePickleError: when the file breaks a rule.
        Exception: whatever else a broken file makes Python raise.
    """
    source = Source(content, limits)
    with warnings.catch_warnings():
        # Which versions may be loaded is decided by the inspection, in words of its own.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        loaded = _RealMachine(source, names).load()
    source.require_end()
    return loaded


class _RealMachine(Machine):
    """Runs a pickle over real objects."""

    def __init__(self, source: Source, names: Names, depth: int = 0) -> None:
        super().__init__(source, names, depth)
        self._globals: dict[int, tuple[Global, Any]] = {}
        self._built: dict[int, Any] = {}
        self._final: dict[int, Any] = {}

    def find_class(self, module: str, name: str) -> Any:
        named = self.names[module, name]
        if not named.uses or "." in named.name:
            raise UnsafePickleError(f"names {named}")
        try:
            found = getattr(importlib.import_module(named.module), named.name)
        except (AttributeError, ImportError) as error:
            raise UnsafePickleError(f"names {named}, which is not installed here") from error
        self._globals[id(found)] = (named, found)
        return found

    def global_of(self, value: Any) -> Global | None:
        named, found = self._globals.get(id(value), (None, None))
        return named if found is value else None

    def view(self, value: Any) -> Any:
        if type(value) is tuple:
            return tuple(self.global_of(each) or each for each in value)
        if type(value) is dict:
            return {name: self.global_of(each) or each for name, each in value.items()}
        return value

    def call(self, target: Any, arguments: tuple[Any, ...]) -> Any:
        return target(*arguments)

    def new(self, kind: Any, arguments: tuple[Any, ...]) -> Any:
        return kind.__new__(kind, *arguments)

    def build(self, made: Any, state: Any) -> Any:
        if isinstance(made, _NEVER_BUILT) or id(made) in self._built:
            raise UnsafePickleError("gives a state to something that takes none")
        self._built[id(made)] = made
        if isinstance(made, NumpyArrayWrapper):
            return self._array(made, state)
        if isinstance(made, np.dtype):
            return self._dtype(made, state)
        check_state(f"{type(made).__module__}:{type(made).__name__}", self.view(state))
        self.stack.append(state)
        super(Machine, self).load_build()
        return made

    def _dtype(self, begun: np.dtype[Any], state: Any) -> np.dtype[Any]:
        complete = stated_dtype(begun, state)
        begun.__setstate__(state)  # type: ignore[attr-defined]
        if begun != complete or begun.flags != complete.flags:
            raise UnsafePickleError(f"lies about the type {complete} of an array")
        # NumPy keeps the dictionary of fields, and the pickle could go on to change it.
        self._final[id(state[4])] = state[4]
        return begun

    def _array(self, wrapper: NumpyArrayWrapper, state: Any) -> Any:
        view = self.view(state)
        if self.depth or not isinstance(view, Mapping):
            raise UnsafePickleError("describes an array where joblib does not")
        size = array_bytes(view)
        if size < 0:
            return _RealMachine(self.source, self.names, self.depth + 1).load()
        self.source.require_room(size)
        wrapper.__dict__.update(state)
        self.np, self.file_handle = np, self.source
        return wrapper.read_array(self, ensure_native_byte_order=True)

    def is_dictionary(self, value: Any) -> bool:
        return isinstance(value, dict)

    def set_item(self, target: dict[Any, Any], key: Any, value: Any) -> None:
        if id(target) in self._final:
            raise UnsafePickleError("changes the type of an array behind its back")
        target[key] = value

    def add_items(self, target: Any, values: Iterable[Any]) -> None:
        if type(target) is not set:
            raise UnsafePickleError("adds to something that is no set")
        target.update(values)

    def frozen(self, values: Iterable[Any]) -> Any:
        return frozenset(values)
