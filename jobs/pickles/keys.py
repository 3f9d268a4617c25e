"""Which keys a dictionary or a set of a model may have."""

from typing import Any

from jobs.pickles.errors import UnsafePickleError

_LONG = 64


def check_key(key: Any) -> None:
    """Refuse keys whose hash could take for ever: tuples of tuples of tuples."""
    if isinstance(key, tuple) and (
        len(key) > _LONG or any(isinstance(each, tuple) for each in key)
    ):
        raise UnsafePickleError("uses nested tuples as keys")
