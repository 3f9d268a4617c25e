"""Hostile files. Each would create a file at `marker` or change a class if it ran."""

import bz2
import gzip
import io
import lzma
import pickle
import zlib

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from tests.unit.jobs.pickles.assembly import (
    EMPTY_DICT,
    EMPTY_LIST,
    EMPTY_TUPLE,
    NEWFALSE,
    NEWTRUE,
    NONE,
    POP,
    built,
    called,
    dtype,
    file,
    items,
    made,
    named,
    number,
    octets,
    recalled,
    remembered,
    several,
    text,
    wrapped_array,
)

MODEL = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
HONEST = pickle.dumps(MODEL, 4)
LOGISTIC = named("sklearn.linear_model._logistic", "LogisticRegression")
PIPELINE = named("sklearn.pipeline", "Pipeline")
FUNCTION = named("sklearn.preprocessing._function_transformer", "FunctionTransformer")
NDARRAY = named("numpy", "ndarray")
RECONSTRUCT = named("numpy._core.multiarray", "_reconstruct")
SCALAR = named("numpy._core.multiarray", "scalar")
BUFFER = named("numpy._core.numeric", "_frombuffer")
GETATTR = named("builtins", "getattr")


class Reduced:
    """Pickles as the call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def _opened(marker):
    return f"open({str(marker)!r}, 'w').close()"


def _calls(marker):
    """Calls of names that are dangerous by themselves."""
    command, code, path = text(f"touch {marker}"), text(_opened(marker)), text(str(marker))
    yield "os.system", called(named("os", "system"), command)
    yield "posix.system", called(named("posix", "system"), command)
    yield "subprocess", called(named("subprocess", "check_output"), several(text("touch"), path))
    yield "Popen as an object", made(named("subprocess", "Popen"), several(text("touch"), path))
    yield "eval", called(named("builtins", "eval"), code)
    yield "exec", called(named("builtins", "exec"), code)
    yield "open", called(named("builtins", "open"), path, text("w"))
    yield "io.open", called(named("io", "open"), path, text("w"))
    yield "pathlib", called(named("pathlib", "Path.touch"), called(named("pathlib", "Path"), path))
    yield "runpy", called(named("runpy", "_run_code"), code, EMPTY_DICT)
    yield "timeit", called(named("timeit", "timeit"), text("pass"), code)
    yield "profile", called(named("cProfile", "run"), code)
    yield "breakpoint", called(named("pdb", "run"), code)
    yield "pip", called(named("pip._internal.utils.subprocess", "call_subprocess"), command)
    yield (
        "numpy runstring",
        called(named("numpy.testing._private.utils", "runstring"), code, EMPTY_DICT),
    )
    yield "numpy f2py", called(named("numpy.f2py.crackfortran", "myeval"), code, EMPTY_DICT)
    yield "numpy save", called(named("numpy", "save"), path, number(1))
    yield "numpy savetxt", called(named("numpy", "savetxt"), path, EMPTY_LIST)
    yield "numpy memmap", called(named("numpy", "memmap"), path, text("u1"), text("w+"), number(0))
    yield "joblib dump", called(named("joblib.numpy_pickle", "dump"), number(1), path)
    yield "pandas eval", called(named("pandas.core.computation.eval", "eval"), code)
    yield "pandas to pickle", called(named("pandas.io.pickle", "to_pickle"), number(1), path)
    yield "sklearn fetch", called(named("sklearn.datasets._base", "_fetch_remote"), path)
    yield "sklearn show", called(named("sklearn.utils._show_versions", "_get_sys_info"))
    yield (
        "sklearn write",
        called(
            named("sklearn.datasets._svmlight_format_io", "dump_svmlight_file"), EMPTY_LIST, path
        ),
    )
    yield "sklearn doctest", called(named("sklearn.utils._testing", "_convert_container"), code)
    inner = octets(file(called(named("os", "system"), command)))
    yield "pickle in pickle", called(named("pickle", "loads"), inner)
    yield "pickle in C in pickle", called(named("_pickle", "loads"), inner)
    yield "cloudpickle", called(named("cloudpickle.cloudpickle", "_make_function"), inner)
    yield "marshal", called(named("marshal", "loads"), octets(b"c"))
    for module, name, *arguments in (
        ("pty", "spawn", several(text("touch"), path)),
        ("uuid", "_get_command_stdout", text("touch"), path),
        ("distutils.spawn", "spawn", several(text("touch"), path)),
        ("trace", "Trace", number(0), number(0)),
        ("bdb", "Bdb"),
        ("linecache", "getlines", path),
        ("os", "remove", path),
        ("shutil", "rmtree", path),
        ("ssl", "get_server_certificate", several(text("127.0.0.1"), number(1))),
        ("urllib.request", "urlopen", text("http://127.0.0.1:1/")),
        ("joblib.numpy_pickle", "load", path),
        ("numpy", "load", path, NONE, NEWTRUE),
        ("numpy", "frompyfunc", named("os", "system"), number(1), number(1)),
        ("pandas", "read_csv", path),
        ("pandas", "read_pickle", path),
        ("pandas.io.pickle", "read_pickle", path),
        ("sklearn.datasets._openml", "fetch_openml", text("x")),
        ("sklearn.metrics._scorer", "make_scorer", named("os", "system")),
        ("logging.config", "dictConfig", EMPTY_DICT),
        ("webbrowser", "open", path),
    ):
        yield f"{module}.{name}", called(named(module, name), *arguments)
    yield "types.FunctionType", called(named("types", "FunctionType"), NONE, EMPTY_DICT)
    yield (
        "scipy.stats",
        built(
            made(named("scipy.stats._continuous_distns", "norm_gen")),
            items(_parse_arg_template=code, shapes=text("a")),
        ),
    )


def _chains(marker):
    """Indirect ways to dangerous names."""
    command = text(f"touch {marker}")
    yield (
        "getattr",
        called(
            called(GETATTR, called(named("builtins", "__import__"), text("os")), text("system")),
            command,
        ),
    )
    yield (
        "attrgetter",
        called(
            called(
                called(named("operator", "attrgetter"), text("system")),
                called(named("importlib", "import_module"), text("os")),
            ),
            command,
        ),
    )
    yield (
        "methodcaller",
        called(
            called(named("operator", "methodcaller"), text("system"), command),
            called(named("importlib", "import_module"), text("os")),
        ),
    )
    for module, name, words in (
        ("importlib._bootstrap", "_gcd_import", "os"),
        ("pkgutil", "resolve_name", "os:system"),
        ("pydoc", "locate", "os.system"),
        ("operator", "itemgetter", "system"),
        ("ctypes", "CDLL", "libc.so.6"),
        ("code", "InteractiveInterpreter", "x"),
    ):
        found = called(named(module, name), text(words))
        yield f"{module}.{name}", called(called(GETATTR, found, text("system")), command)
    yield "partial", called(called(named("functools", "partial"), named("os", "system")), command)
    yield (
        "partial of a checked function",
        called(
            built(
                called(
                    named("functools", "partial"), named("sklearn.utils.validation", "check_array")
                ),
                several(named("os", "system"), EMPTY_TUPLE, EMPTY_DICT, NONE),
            ),
            command,
        ),
    )
    yield "partial of a class", called(named("functools", "partial"), LOGISTIC)
    yield "reduce", called(named("functools", "reduce"), named("os", "system"), EMPTY_LIST)
    yield "map", called(named("builtins", "map"), named("os", "system"), EMPTY_LIST)
    for module, name in (
        ("sklearn.datasets._base", "os.system"),
        ("sklearn.base", "inspect.builtins.exec"),
        ("sklearn.linear_model._logistic", "LogisticRegression.fit.__globals__"),
        ("numpy", "ndarray.tofile"),
        ("numpy.testing._private.utils", "os.system"),
        ("joblib.numpy_pickle", "os.system"),
        ("builtins", "object.__subclasses__"),
        ("builtins", "bytes.decode"),
    ):
        yield f"dotted {module} {name}", called(named(module, name), command)
    yield "a dotted module", called(named("sklearn.utils.os", "system"), command)
    yield "a module with a space", called(named("os ", "system"), command)
    yield (
        "names from the memo",
        (
            remembered(text("os"), 1)
            + POP
            + remembered(text("system"), 2)
            + POP
            + called(recalled(1) + recalled(2) + pickle.STACK_GLOBAL, command)
        ),
    )
    yield (
        "computed names",
        called(
            called(named("codecs", "decode"), text("bf"), text("rot13"))
            + called(named("codecs", "decode"), text("flfgrz"), text("rot13"))
            + pickle.STACK_GLOBAL,
            command,
        ),
    )
    yield "what a call returned", called(called(named("numpy", "log1p"), command), command)
    yield "an object made", called(made(LOGISTIC), command)
    yield "an object of an object", made(made(LOGISTIC))
    yield "a call of an estimator's class", called(LOGISTIC, command)
    yield "a call of a ufunc", called(named("numpy", "log1p"), number(1))
    yield (
        "a call of a score",
        called(named("sklearn.metrics._classification", "accuracy_score"), EMPTY_LIST, EMPTY_LIST),
    )
    yield "an object of a called class", made(named("sklearn.tree._tree", "Tree"))
    yield (
        "a bit generator of any class",
        called(named("numpy.random._pickle", "__bit_generator_ctor"), LOGISTIC),
    )
    yield (
        "a generator by any function",
        called(named("numpy.random._pickle", "__generator_ctor"), command, named("os", "system")),
    )
    yield (
        "a random state by any function",
        called(
            named("numpy.random._pickle", "__randomstate_ctor"), text("x"), named("numpy", "log1p")
        ),
    )
    yield (
        "a bit generator by another name",
        called(named("numpy.random._pickle", "__bit_generator_ctor"), text("Philox")),
    )
    yield "an object of no tuple", LOGISTIC + EMPTY_LIST + pickle.NEWOBJ
    yield (
        "_reconstructor of pairs",
        called(
            named("copyreg", "_reconstructor"),
            named("sklearn.utils._bunch", "Bunch"),
            named("builtins", "dict"),
            EMPTY_LIST,
        ),
    )
    for kind in ("KDTree32", "KDTree64"):
        yield (
            f"newObj of {kind}",
            called(
                named("sklearn.neighbors._kd_tree", "newObj"),
                named("sklearn.neighbors._kd_tree", kind),
            ),
        )
    yield "defaultdict", called(named("collections", "defaultdict"), named("os", "system"))
    yield (
        "defaultdict of estimators",
        called(named("collections", "defaultdict"), named("sklearn.pipeline", "Pipeline")),
    )
    yield (
        "newObj of any class",
        called(
            named("sklearn.neighbors._kd_tree", "newObj"), named("sklearn.pipeline", "Pipeline")
        ),
    )
    yield (
        "a loss unpickler of any class",
        called(
            named("sklearn._loss._loss", "__pyx_unpickle_CyHalfMultinomialLoss"),
            LOGISTIC,
            number(1),
            NONE,
        ),
    )
    yield "_codecs by another codec", called(named("_codecs", "encode"), text("a"), text("idna"))
    yield (
        "_reconstructor of a call",
        called(
            named("copyreg", "_reconstructor"),
            named("subprocess", "Popen"),
            named("builtins", "object"),
            NONE,
        ),
    )
    yield (
        "_reconstructor by another base",
        called(
            named("copyreg", "_reconstructor"), LOGISTIC, named("sklearn.tree._tree", "Tree"), NONE
        ),
    )
    yield (
        "_reconstructor of an instance",
        called(
            named("copyreg", "_reconstructor"), made(LOGISTIC), named("builtins", "object"), NONE
        ),
    )
    yield (
        "_reconstruct another class",
        called(RECONSTRUCT, LOGISTIC, several(number(0)), octets(b"b")),
    )
    yield (
        "_reconstruct a large array",
        called(RECONSTRUCT, NDARRAY, several(number(2**40)), octets(b"b")),
    )


def _states(marker):
    """States that change classes, functions or methods."""
    command = text(f"touch {marker}")
    system = named("os", "system")
    yield "BUILD on a class", built(PIPELINE, items(predict=named("numpy", "log1p")))
    yield (
        "BUILD slots on a class",
        built(PIPELINE, several(NONE, items(predict=named("numpy", "log1p")))),
    )
    yield (
        "BUILD on a function",
        built(named("sklearn.utils.validation", "check_array"), items(__wrapped__=NONE)),
    )
    yield "BUILD on a ufunc", built(named("numpy", "log1p"), items(__doc__=NONE))
    yield "BUILD on a list", built(EMPTY_LIST, items(a=NONE))
    yield "slots of an object", built(made(LOGISTIC), several(NONE, items(C=number(1))))
    yield "another class", built(made(LOGISTIC), items(__class__=PIPELINE))
    yield (
        "another __setstate__",
        built(built(made(LOGISTIC), items(__setstate__=named("numpy", "log1p"))), command),
    )
    yield "another __reduce__", built(made(LOGISTIC), items(__reduce_ex__=system))
    yield "a state twice", built(built(made(LOGISTIC), items(C=number(1))), items(C=number(2)))
    yield (
        "another append",
        (built(made(LOGISTIC), items(append=named("numpy", "log1p"))) + command + pickle.APPEND),
    )
    yield (
        "another extend",
        (built(made(LOGISTIC), items(extend=system)) + pickle.MARK + command + pickle.APPENDS),
    )
    yield "items of an object", made(LOGISTIC) + command + command + pickle.SETITEM
    yield "members of an object", (made(LOGISTIC) + pickle.MARK + command + pickle.ADDITEMS)
    yield (
        "a key that is no text",
        built(made(LOGISTIC), EMPTY_DICT + number(1) + number(2) + pickle.SETITEM),
    )
    yield "a function transformer of system", built(made(FUNCTION), items(func=system))
    yield (
        "a function transformer of eval",
        built(made(FUNCTION), items(func=named("builtins", "eval"))),
    )
    yield (
        "a function transformer of numpy.load",
        built(
            made(FUNCTION), items(func=named("numpy", "load"), kw_args=items(allow_pickle=NEWTRUE))
        ),
    )


def _arrays(marker):
    """Arrays and data types that NumPy would trust."""
    command = text(f"touch {marker}")
    payload = called(named("os", "system"), command)
    field = several(dtype("O8"), number(0))
    fields = EMPTY_DICT + text("f") + field + pickle.SETITEM
    hidden = built(
        dtype("V8"),
        several(
            number(3), text("|"), NONE, several(text("f")), fields, number(8), number(1), number(0)
        ),
    )
    yield (
        "pointers hidden in a record",
        called(BUFFER, octets(b"A" * 8), hidden, several(number(1)), text("C")),
    )
    late = several(dtype("i8"), number(0))
    yield "a wrapper of hidden pointers", wrapped_array(hidden, [1], b"A" * 8)
    yield (
        "flags that lie",
        called(
            BUFFER,
            octets(b"A" * 8),
            built(
                dtype("O8"),
                several(number(3), text("|"), NONE, NONE, NONE, number(-1), number(-1), number(0)),
            ),
            several(number(1)),
            text("C"),
        ),
    )
    yield (
        "a size that lies",
        built(
            dtype("f8"),
            several(number(3), text("<"), NONE, NONE, NONE, number(1), number(1), number(0)),
        ),
    )
    yield (
        "a field beyond the record",
        built(
            dtype("V8"),
            several(
                number(3),
                text("|"),
                NONE,
                several(text("f")),
                EMPTY_DICT + text("f") + several(dtype("i8"), number(4)) + pickle.SETITEM,
                number(8),
                number(1),
                number(16),
            ),
        ),
    )
    yield (
        "a field that comes late",
        built(
            dtype("V8"),
            several(
                number(3),
                text("|"),
                NONE,
                several(text("f")),
                remembered(EMPTY_DICT + text("f") + late + pickle.SETITEM, 9),
                number(8),
                number(1),
                number(16),
            ),
        )
        + POP
        + recalled(9)
        + text("f")
        + field
        + pickle.SETITEM,
    )
    yield (
        "NumPy's own data type",
        built(
            called(named("numpy", "dtype"), text("V8"), NEWFALSE, NEWFALSE),
            several(number(3), text("|"), NONE, NONE, NONE, number(8), number(1), number(0)),
        ),
    )
    yield "a data type by a class", called(named("numpy", "dtype"), LOGISTIC, NEWFALSE, NEWTRUE)
    yield "a data type by a list", called(named("numpy", "dtype"), EMPTY_LIST, NEWFALSE, NEWTRUE)
    yield (
        "a data type by a sentence",
        called(named("numpy", "dtype"), text("f8,O"), NEWFALSE, NEWTRUE),
    )
    yield "an object from bytes", called(SCALAR, dtype("O8"), octets(b"A" * 8))
    yield "an object as a scalar", called(SCALAR, dtype("O8"), payload)
    yield "a short scalar", called(SCALAR, dtype("f8"), octets(b"A"))
    yield (
        "objects from a buffer",
        called(BUFFER, octets(b"A" * 8), dtype("O8"), several(number(1)), text("C")),
    )
    yield (
        "objects from bytes",
        built(
            called(RECONSTRUCT, NDARRAY, several(number(0)), octets(b"b")),
            several(number(1), several(number(1)), dtype("O8"), NEWFALSE, octets(b"A" * 8)),
        ),
    )
    yield (
        "an array of objects",
        built(
            called(RECONSTRUCT, NDARRAY, several(number(0)), octets(b"b")),
            several(
                number(1),
                several(number(1)),
                dtype("O8"),
                NEWFALSE,
                EMPTY_LIST + payload + pickle.APPEND,
            ),
        ),
    )
    for name, shape, content in (
        ("a list that is shorter than its array", [10**5], EMPTY_LIST + NONE + pickle.APPEND),
        ("a list that is longer than its array", [0], EMPTY_LIST + NONE + pickle.APPEND),
        ("an array of a negative length", [-1], EMPTY_LIST),
    ):
        lengths = several(*(number(length) for length in shape))
        yield (
            name,
            built(
                called(RECONSTRUCT, NDARRAY, several(number(0)), octets(b"b")),
                several(number(1), lengths, dtype("O8"), NEWFALSE, content),
            ),
        )
    yield (
        "numbers of no bytes",
        built(
            called(RECONSTRUCT, NDARRAY, several(number(0)), octets(b"b")),
            several(number(1), several(number(2**50)), dtype("S0"), NEWFALSE, octets(b"")),
        ),
    )
    yield (
        "a masked array of a short list",
        built(
            called(
                named("numpy.ma.core", "_mareconstruct"),
                named("numpy.ma", "MaskedArray"),
                NDARRAY,
                several(number(0)),
                text("b"),
            ),
            several(
                number(1),
                several(number(1000)),
                dtype("O8"),
                NEWFALSE,
                EMPTY_LIST,
                octets(b"\0" * 1000),
                NONE,
            ),
        ),
    )
    yield (
        "a masked array of objects",
        built(
            called(
                named("numpy.ma.core", "_mareconstruct"),
                named("numpy.ma", "MaskedArray"),
                NDARRAY,
                several(number(0)),
                text("b"),
            ),
            several(
                number(1),
                several(number(1)),
                dtype("O8"),
                NEWFALSE,
                octets(b"A" * 8),
                octets(b"\0"),
                NONE,
            ),
        ),
    )
    yield (
        "a masked array of another class",
        called(
            named("numpy.ma.core", "_mareconstruct"),
            LOGISTIC,
            NDARRAY,
            several(number(0)),
            text("b"),
        ),
    )
    yield (
        "a wrapper of another class",
        wrapped_array(dtype("f8"), [1], b"A" * 8, subclass=named("numpy", "memmap")),
    )
    yield "a wrapper of a called class", wrapped_array(dtype("f8"), [1], b"A" * 8, subclass=payload)
    yield "a wrapper of no data type", wrapped_array(command, [1], b"A" * 8)
    yield "a wrapper of a negative shape", wrapped_array(dtype("f8"), [-1], b"A" * 8)
    yield "a wrapper of a great shape", wrapped_array(dtype("f8"), [2**62, 2**62], b"A" * 8)
    yield "a wrapper that ends early", wrapped_array(dtype("f8"), [100], b"A" * 8)
    yield "a wrapper of more", wrapped_array(dtype("f8"), [1], b"A" * 8, read_array=payload)
    yield "a wrapper of hidden calls", wrapped_array(dtype("O8"), [1], file(payload))
    yield (
        "a wrapper in a wrapper",
        wrapped_array(dtype("O8"), [1], file(wrapped_array(dtype("O8"), [1], file(payload)))),
    )
    yield (
        "an old wrapper",
        built(made(named("joblib.numpy_pickle_compat", "NDArrayWrapper")), items(filename=command)),
    )


def _opcodes(marker):
    """Whole files that use opcodes that no honest model uses, or that end in another way."""
    command = f"touch {marker}"
    payload = called(named("os", "system"), text(command))
    yield "GLOBAL in protocol 0", f"cos\nsystem\n(V{command}\ntR.".encode()
    yield "INST", f"(V{command}\nios\nsystem\n.".encode()
    yield "OBJ", file(pickle.MARK + named("os", "system") + text(command) + pickle.OBJ)
    yield "INST of an estimator", b"(isklearn.pipeline\nPipeline\n."
    yield "OBJ of an estimator", file(pickle.MARK + LOGISTIC + pickle.OBJ)
    yield "NEWOBJ_EX", file(LOGISTIC + EMPTY_TUPLE + EMPTY_DICT + pickle.NEWOBJ_EX)
    yield "PERSID", b"Pos.system\n."
    yield "BINPERSID", file(text("os.system") + pickle.BINPERSID)
    yield "EXT1", file(pickle.EXT1 + b"\x01")
    yield "EXT2", file(pickle.EXT2 + b"\x01\x00")
    yield "EXT4", file(pickle.EXT4 + b"\x01\x00\x00\x00")
    yield "NEXT_BUFFER", file(pickle.NEXT_BUFFER, 5)
    yield "READONLY_BUFFER", file(octets(b"a") + pickle.READONLY_BUFFER, 5)
    yield "two pickles", HONEST + file(payload)
    yield "a pickle after the end", HONEST + b"."
    yield "bytes after the end", HONEST + b"\0"
    yield "a call before an honest model", HONEST[:2] + payload + POP + HONEST[2:]
    yield "a call and no end", file(payload)[:-1]
    yield "an unknown opcode after a call", file(payload + POP + b"\xfe" + NONE)
    yield (
        "a frame that is longer",
        pickle.PROTO + b"\x04" + pickle.FRAME + b"\xff" * 7 + b"\x3f" + NONE,
    )
    yield (
        "a frame that is shorter",
        (pickle.PROTO + b"\x04" + pickle.FRAME + (3).to_bytes(8, "little") + payload + b"."),
    )
    yield (
        "a frame in a frame",
        (
            pickle.PROTO
            + b"\x04"
            + pickle.FRAME
            + (20).to_bytes(8, "little")
            + pickle.FRAME
            + (20).to_bytes(8, "little")
            + payload
            + b"."
        ),
    )
    yield "protocol 9", file(payload, 9)
    yield "protocols in turn", file(pickle.PROTO + b"\x00" + payload)
    yield "a text of 2 GiB", file(pickle.BINUNICODE + b"\xff\xff\xff\x7f" + b"a")
    yield "a text of 2**60 bytes", file(pickle.BINUNICODE8 + (2**60).to_bytes(8, "little") + b"a")
    yield "an array of 2**50 bytes", file(pickle.BYTEARRAY8 + (2**50).to_bytes(8, "little"))
    yield "a memo of 2**31", file(NONE + pickle.LONG_BINPUT + b"\xff\xff\xff\x7f")
    yield "a memo of many digits", b"N" + b"p" + b"9" * 4000 + b"\n."
    yield "a negative memo", b"Np-1\n."
    yield "an unknown memo", file(recalled(7))
    yield "an empty stack", file(pickle.REDUCE)
    yield "a bracket too many", file(pickle.MARK * 10_000 + pickle.TUPLE)
    yield "a bracket too few", file(pickle.TUPLE)
    yield "one step", b"."
    yield "nothing", b""
    yield "one byte", b"\x80"
    yield "a zip file", b"PK\x03\x04 archive"
    yield "a list in a list in a list", file(EMPTY_LIST * 5000 + pickle.APPEND * 4999)
    yield (
        "a tuple of tuples as a key",
        file(EMPTY_DICT + several(several(NONE)) + NONE + pickle.SETITEM),
    )
    yield "a call by Python", pickle.dumps(Reduced(eval, _opened(marker)), 0)
    yield (
        "a call in an array of joblib",
        _dumped(np.array([Reduced(eval, _opened(marker))], object)),
    )
    yield (
        "a call in a parameter",
        _dumped(
            make_pipeline(FunctionTransformer(kw_args={"a": Reduced(exec, _opened(marker))}), MODEL)
        ),
    )
    yield "a call in joblib 2", _dumped({"a": Reduced(exec, _opened(marker))}, protocol=2)


def _dumped(value, **options):
    buffer = io.BytesIO()
    joblib.dump(value, buffer, **options)
    return buffer.getvalue()


def _invalid():
    """Models that break no rule of the scan, e.g. trees that lead beyond their nodes."""
    tree = DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0], [2.0]], [0, 1, 0])
    for field, value in (
        ("left_child", 10**9),
        ("right_child", 0),
        ("feature", 7),
        ("left_child", 0),
    ):
        yield f"a tree whose {field} is {value}", _changed(tree, field, value)

    other = built(made(LOGISTIC), items(predict=named("numpy", "log1p")))
    yield "a model that predicts otherwise", file(other)
    yield "a class", file(LOGISTIC)
    yield "a model of one that predicts otherwise", file(built(made(LOGISTIC), items(C=other)))


def _changed(tree, field, value):
    _, arguments, state = tree.tree_.__reduce__()
    nodes = state["nodes"].copy()
    nodes[field][0] = value
    changed = type(tree.tree_)(*arguments)
    changed.__setstate__(state | {"nodes": nodes})
    other = DecisionTreeClassifier()
    other.__dict__.update(tree.__dict__ | {"tree_": changed})
    return pickle.dumps(other, 4)


def _bodies(marker):
    yield from _calls(marker)
    yield from _chains(marker)
    yield from _states(marker)
    yield from _arrays(marker)


COMPRESSIONS = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
}


def attacks(marker):
    """Every attack by its name: alone, before a model, within a model, within joblib's array."""
    files = {**dict(_opcodes(marker)), **dict(_invalid())}
    for name, body in _bodies(marker):
        files[name] = file(body)
        files[f"{name}, before a model"] = HONEST[:2] + body + POP + HONEST[2:]
        files[f"{name}, in a model"] = file(built(made(LOGISTIC), items(C=body)))
        files[f"{name}, in an array"] = file(wrapped_array(dtype("O8"), [1], file(body)))
    for name, compressed in COMPRESSIONS.items():
        files[f"{name} of a call"] = compressed(files["os.system"])
        files[f"{name} of hidden calls"] = compressed(files["a wrapper of hidden calls"])
        files[f"{name} of two pickles"] = compressed(files["two pickles"])
        files[f"{name} and more"] = compressed(HONEST) + b"\0"
        files[f"{name} without an end"] = compressed(HONEST)[:-9]
        files[f"{name} twice"] = compressed(compressed(files["os.system"]))
    return files
