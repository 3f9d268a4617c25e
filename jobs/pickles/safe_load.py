"""Opens a pickle from outside: scanned on paper, loaded by the rules, looked at before its use."""

from collections.abc import Iterable
from typing import Any

from jobs.pickles.bounds import bounded
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import LIMITS, Limits
from jobs.pickles.loader import load
from jobs.pickles.names import Names, own_names
from jobs.pickles.scan import scan
from jobs.pickles.validation.objects import validate


def opened(content: bytes, allowed_names: Iterable[str] = (), limits: Limits = LIMITS) -> Any:
    """The object that a file of joblib or pickle holds.

    Args:
        content: of the file.
        allowed_names: further names, `module:name`, that it may use.
        limits: how much of everything it may take.

    Raises:
        UnsafePickleError: when the file breaks a rule, in whole sentences.
    """
    names = own_names().with_custom(tuple(allowed_names))
    try:
        with bounded(limits):
            findings = scan(content, names, limits).findings
            if not findings:
                return loaded(content, names, limits)
    except UnsafePickleError as refusal:
        raise UnsafePickleError(f"the file {refusal}") from refusal
    raise UnsafePickleError("; ".join(findings))


def loaded(content: bytes, names: Names, limits: Limits = LIMITS) -> Any:
    """The object that scanned bytes hold: loaded under the rules, and sound.

    Raises:
        UnsafePickleError: when it is none; the message completes "the file …".
    """
    try:
        found = load(content, names, limits)
        validate(found, names)
    except UnsafePickleError:
        raise
    except MemoryError as error:
        raise UnsafePickleError("needs more memory than a model may take") from error
    except Exception as error:
        # A broken pickle can raise anything; whatever it raises says that it cannot be loaded.
        raise UnsafePickleError(
            f"cannot be loaded: {type(error).__name__}: {error!s:.200}"
        ) from error
    return found
