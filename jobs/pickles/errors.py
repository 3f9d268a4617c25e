"""Why a pickle is not loaded."""

from pickle import UnpicklingError


class UnsafePickleError(UnpicklingError):
    """A pickle does what no honest model does; the message completes "the file …"."""
