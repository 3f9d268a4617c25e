"""Loads a pickle safely: scans it, loads it by the same rules, validates what was loaded."""

from collections.abc import Iterable
from typing import Any

from jobs.pickles.allowed_names import NameTable, default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import LIMITS, Limits, limited_process
from jobs.pickles.restricted_loader import load
from jobs.pickles.scan import scan
from jobs.pickles.validation.objects import validate


def safe_load(content: bytes, allowed_names: Iterable[str] = (), limits: Limits = LIMITS) -> Any:
    """The object that a file of joblib or pickle holds: scanned, loaded and validated.

    Args:
        content: the file's bytes.
        allowed_names: further names, `module:name`, that the file may use.
        limits: how much of everything the file may take.

    Raises:
        UnsafePickleError: when the file breaks a rule; the message is whole sentences.
    """
    names = default_names().with_custom(tuple(allowed_names))
    try:
        with limited_process(limits):
            findings = scan(content, names, limits).findings
            if not findings:
                return load_scanned(content, names, limits)
    except UnsafePickleError as error:
        raise UnsafePickleError(f"the file {error}") from error
    raise UnsafePickleError("; ".join(findings))


def load_strictly(content: bytes, allowed_names: Iterable[str] = ()) -> Any:
    """The object that a file holds which the strict scan has passed, in a process with limits.

    Raises:
        UnsafePickleError: as `load_scanned`.
    """
    return load_scanned(content, default_names().with_custom(tuple(allowed_names)))


def load_scanned(content: bytes, names: NameTable, limits: Limits = LIMITS) -> Any:
    """The object that a scanned file holds: loaded and validated.

    Raises:
        UnsafePickleError: when the file breaks a rule or is broken; the message completes
            "the file …".
    """
    try:
        loaded = load(content, names, limits)
        validate(loaded, names)
    except UnsafePickleError:
        raise
    except MemoryError as error:
        raise UnsafePickleError("needs more memory than a model may take") from error
    except Exception as error:
        # A broken pickle can raise any exception.
        raise UnsafePickleError(
            f"cannot be loaded: {type(error).__name__}: {error!s:.200}"
        ) from error
    return loaded
