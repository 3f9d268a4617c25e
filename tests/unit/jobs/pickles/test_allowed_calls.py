"""Which calls the rules let through; test_attacks.py has whole files that they refuse."""

import numpy as np
import pytest

from jobs.pickles.allowed_calls import require_allowed_call, require_allowed_use
from jobs.pickles.allowed_names import Global, Use, default_names
from jobs.pickles.errors import UnsafePickleError

NAMES = default_names()
FLOAT, OBJECT = np.dtype("f8"), np.dtype("O")


def named(key):
    module, _, name = key.partition(":")
    return NAMES[module, name]


NDARRAY = named("numpy:ndarray")
BUNCH = named("sklearn.utils._bunch:Bunch")
SYSTEM = Global("os", "system")
LOSS = "sklearn._loss._loss:CyHalfMultinomialLoss"


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        ("_codecs:encode", ("abc", "latin1")),
        ("builtins:bytes", ()),
        ("builtins:bytearray", (b"abc",)),
        ("builtins:set", (["a", 1],)),
        ("builtins:range", (0, 10)),
        ("builtins:range", (10, -10_000, -2)),
        ("sklearn.tree._tree:Tree", (3, np.array([2, 3]), 2)),
        ("sklearn.tree._tree:Tree", (3, object(), 2)),
        ("builtins:slice", (None, 3, None)),
        ("collections:OrderedDict", ()),
        ("collections:defaultdict", (named("collections:OrderedDict"),)),
        ("copyreg:_reconstructor", (BUNCH, named("builtins:dict"), {})),
        ("copyreg:_reconstructor", (BUNCH, named("builtins:object"), None)),
        ("functools:partial", (named("sklearn.utils.validation:check_array"),)),
        ("numpy:dtype", ("f8", False, True)),
        ("numpy._core.multiarray:_reconstruct", (NDARRAY, (0,), b"b")),
        ("numpy._core.multiarray:scalar", (FLOAT, bytes(8))),
        ("numpy._core.numeric:_frombuffer", (bytes(8), FLOAT, (1,), "C")),
        ("numpy.random._pickle:__bit_generator_ctor", ("MT19937",)),
        ("numpy.random._pickle:__randomstate_ctor", ("MT19937",)),
        ("sklearn.neighbors._kd_tree:newObj", (named("sklearn.neighbors._kd_tree:KDTree"),)),
        ("sklearn._loss._loss:__pyx_unpickle_CyHalfMultinomialLoss", (named(LOSS), 1, None)),
    ],
)
def test_a_call_that_honest_models_make_is_allowed(key, arguments):
    require_allowed_call(named(key), arguments)


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        ("_codecs:encode", ("abc", "idna")),
        ("builtins:bytes", (2**40,)),
        ("builtins:set", (iter([1]),)),
        ("builtins:range", ("a",)),
        ("builtins:range", ()),
        ("builtins:range", (10**5,)),
        ("builtins:range", (-(2**70), 2**70)),
        ("builtins:range", (1, 2, 0)),
        ("builtins:range", (1.0,)),
        ("sklearn.tree._tree:Tree", (3, np.array([2, 3]), 9)),
        ("sklearn.tree._tree:Tree", (3, np.array([2]), 2**40)),
        ("sklearn.tree._tree:Tree", (-1, np.array([2]), 1)),
        ("sklearn.tree._tree:Tree", (3, SYSTEM, 1)),
        ("sklearn.tree._tree:Tree", (3, np.array([2]))),
        ("builtins:slice", (SYSTEM,)),
        ("collections:OrderedDict", ([],)),
        ("collections:defaultdict", (SYSTEM,)),
        ("copyreg:_reconstructor", (BUNCH, NDARRAY, None)),
        ("copyreg:_reconstructor", (BUNCH, named("builtins:dict"), [])),
        ("copyreg:_reconstructor", (BUNCH, named("builtins:object"), "state")),
        ("functools:partial", (SYSTEM,)),
        ("functools:partial", (named("sklearn.utils.validation:check_array"), 1)),
        ("numpy._core.multiarray:_reconstruct", (NDARRAY, (1,), b"b")),
        ("numpy._core.multiarray:_reconstruct", (BUNCH, (0,), b"b")),
        ("numpy._core.multiarray:scalar", (FLOAT, bytes(7))),
        ("numpy._core.multiarray:scalar", (OBJECT, bytes(8))),
        ("numpy._core.numeric:_frombuffer", (bytes(8), OBJECT, (1,), "C")),
        ("numpy._core.numeric:_frombuffer", (bytes(8), FLOAT, (1,), "C", SYSTEM)),
        ("numpy.random._pickle:__bit_generator_ctor", ("Philox",)),
        ("numpy.random._pickle:__bit_generator_ctor", (BUNCH,)),
        ("numpy.random._pickle:__randomstate_ctor", ("MT19937", SYSTEM)),
        ("sklearn.neighbors._kd_tree:newObj", (BUNCH,)),
        ("sklearn._loss._loss:__pyx_unpickle_CyHalfMultinomialLoss", (BUNCH, 1, None)),
        ("sklearn._loss._loss:__pyx_unpickle_CyHalfMultinomialLoss", (named(LOSS), 1)),
    ],
)
def test_other_arguments_are_refused(key, arguments):
    with pytest.raises(UnsafePickleError, match="with arguments that no honest model gives"):
        require_allowed_call(named(key), arguments)


def test_arguments_are_a_tuple():
    with pytest.raises(UnsafePickleError, match="with arguments that are no tuple"):
        require_allowed_call(named("builtins:set"), [])


def test_a_set_has_allowed_keys():
    with pytest.raises(UnsafePickleError, match="nested tuples as keys"):
        require_allowed_call(named("builtins:set"), ([((1,), 2)],))


def test_a_name_is_used_only_as_the_table_says():
    require_allowed_use(BUNCH, Use.NEW)
    with pytest.raises(UnsafePickleError, match="must not call it"):
        require_allowed_call(BUNCH, ())
    with pytest.raises(UnsafePickleError, match="must not make objects of it"):
        require_allowed_use(NDARRAY, Use.NEW)
    with pytest.raises(UnsafePickleError, match="must not make objects of it"):
        require_allowed_call(
            named("copyreg:_reconstructor"), (NDARRAY, named("builtins:object"), None)
        )


def test_a_custom_name_takes_any_arguments():
    custom = NAMES.with_custom(["mine:build"])["mine", "build"]
    require_allowed_call(custom, (SYSTEM, 1))
    require_allowed_use(custom, Use.NEW)
