"""Reads what a file says of itself, without loading it."""

from jobs.pickles.decompression import Source
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.file_facts import FileFacts
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.symbolic_reader import SymbolicReader


def read_facts(content: bytes, limits: Limits = LIMITS) -> FileFacts:
    """The facts of a file. A broken file gives those that come before the break."""
    facts = FileFacts()
    try:
        source = Source(content, limits)
        SymbolicReader(source, facts).load()
        source.require_end()
    except UnsafePickleError as error:
        facts.problem = str(error)
    except MemoryError:
        facts.problem = "needs more memory than a model may take"
    except Exception as error:  # noqa: BLE001  (a broken pickle can raise any exception)
        facts.problem = f"is no whole pickle: {type(error).__name__} {error!s:.120}"
    return facts
