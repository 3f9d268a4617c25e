"""The restricted loader: executes a pickle by the rules of the scan, with real objects."""

import importlib
import warnings
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper
from sklearn.exceptions import InconsistentVersionWarning

from jobs.pickles.allowed_names import Global, NameTable
from jobs.pickles.allowed_states import array_size_bytes, require_allowed_state
from jobs.pickles.decompression import Source
from jobs.pickles.dtypes import dtype_from_state
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.pickle_machine import Machine

_STATELESS = (type, FunctionType, BuiltinFunctionType, ModuleType, np.ufunc)


def load(content: bytes, names: NameTable, limits: Limits = LIMITS) -> Any:
    """The object that a file holds; `validate` has not seen it yet.

    Raises:
        UnsafePickleError: when the file breaks a rule.
        Exception: of any other kind when the file is broken.
    """
    source = Source(content, limits)
    with warnings.catch_warnings():
        # The inspection checks the version of scikit-learn and reports it itself.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        loaded = _RealMachine(source, names).load()
    source.require_end()
    return loaded


class _RealMachine(Machine):
    """Executes a pickle with real objects.

    Its dictionaries are keyed by id; they keep the objects alive, so no id is used again.
    """

    def __init__(self, source: Source, names: NameTable, depth: int = 0) -> None:
        super().__init__(source, names, depth)
        self._globals: dict[int, tuple[Global, Any]] = {}
        self._built: dict[int, Any] = {}
        self._final_dictionaries: dict[int, Any] = {}

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

    def build(self, target: Any, state: Any) -> Any:
        if isinstance(target, _STATELESS) or id(target) in self._built:
            raise UnsafePickleError("gives a state to something that takes none")
        self._built[id(target)] = target
        if isinstance(target, NumpyArrayWrapper):
            return self._read_array(target, state)
        if isinstance(target, np.dtype):
            return self._complete_dtype(target, state)
        require_allowed_state(
            f"{type(target).__module__}:{type(target).__name__}", self.view(state)
        )
        self.stack.append(state)
        super(Machine, self).load_build()
        return target

    def _complete_dtype(self, initial: np.dtype[Any], state: Any) -> np.dtype[Any]:
        complete = dtype_from_state(initial, state)
        initial.__setstate__(state)  # type: ignore[attr-defined]
        if initial != complete or initial.flags != complete.flags:
            raise UnsafePickleError(f"gives the type {complete} of an array a wrong size or flags")
        # NumPy keeps the dictionary of fields, and later opcodes could change it.
        self._final_dictionaries[id(state[4])] = state[4]
        return initial

    def _read_array(self, wrapper: NumpyArrayWrapper, state: Any) -> Any:
        view = self.view(state)
        if self.depth or not isinstance(view, Mapping):
            raise UnsafePickleError("describes an array where joblib does not")
        size = array_size_bytes(view)
        if size is None:
            return _RealMachine(self.source, self.names, self.depth + 1).load()
        self.source.require_within_limit(size)
        wrapper.__dict__.update(state)
        self.np, self.file_handle = np, self.source
        return wrapper.read_array(self, ensure_native_byte_order=True)

    def is_dictionary(self, value: Any) -> bool:
        return isinstance(value, dict)

    def set_item(self, target: dict[Any, Any], key: Any, value: Any) -> None:
        if id(target) in self._final_dictionaries:
            raise UnsafePickleError("changes the type of an array behind its back")
        target[key] = value

    def add_items(self, target: Any, values: Iterable[Any]) -> None:
        if type(target) is not set:
            raise UnsafePickleError("adds to something that is no set")
        target.update(values)

    def frozen_set(self, values: Iterable[Any]) -> Any:
        return frozenset(values)
