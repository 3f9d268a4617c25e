"""Names that no model needs, and that tell something about the author of a file. Pure.

The wall holds whatever they do. A file that has one is quarantined nevertheless, and raises an
alert.
"""

from itertools import accumulate

# Whole modules, and everything below them.
_MODULES = frozenset(
    {
        *(
            "_posixsubprocess",
            "_socket",
            "asyncio",
            "code",
            "codeop",
            "commands",
            "ctypes",
            "fcntl",
        ),
        *("ftplib", "http", "imaplib", "mmap", "multiprocessing", "nt", "os", "pdb", "platform"),
        *("poplib", "posix", "pty", "requests", "resource", "runpy", "shutil", "signal", "smtplib"),
        *(
            "socket",
            "socketserver",
            "ssl",
            "subprocess",
            "telnetlib",
            "tempfile",
            "timeit",
            "trace",
        ),
        *("urllib", "urllib2", "urllib3", "webbrowser", "xmlrpc", "_ctypes", "_posixshmem"),
    }
)
_NAMES = frozenset(
    {
        *(
            f"builtins.{name}"
            for name in ("eval", "exec", "compile", "open", "input", "__import__")
        ),
        *("builtins.breakpoint", "builtins.execfile", "builtins.globals", "builtins.locals"),
        *("importlib.import_module", "importlib.__import__", "io.open", "io.FileIO", "sys.exit"),
        *("_io.open", "_io.FileIO", "pickle.load", "pickle.loads", "_pickle.load", "_pickle.loads"),
        *(
            "joblib.load",
            "joblib.numpy_pickle.load",
            "numpy.load",
            "numpy.loads",
            "pandas.read_pickle",
        ),
        *("pandas.io.pickle.read_pickle", "operator.methodcaller", "marshal.load", "marshal.loads"),
        *("types.FunctionType.__call__", "numpy.testing._private.utils.runstring", "bdb.Bdb"),
    }
)
_BUILTINS = {"__builtin__": "builtins"}


def is_alarming(module: str, name: str) -> bool:
    """Whether a model that names this class or function is suspicious.

    A name can lead through a module that the file does not name: `sklearn.x`, `os.system`.
    """
    first, _, rest = module.partition(".")
    parts = ".".join(filter(None, (_BUILTINS.get(first, first), rest, name))).split(".")
    if parts[0] in _MODULES or any(start in _NAMES for start in accumulate(parts, _joined)):
        return True
    inner = name.split(".")
    return any(part in _MODULES for part in inner[:-1]) or (
        len(inner) > 1 and f"builtins.{inner[-1]}" in _NAMES
    )


def _joined(start: str, part: str) -> str:
    return f"{start}.{part}"
