"""The error that every module of this package raises; it stays alone so that all can import it."""

from pickle import UnpicklingError


class UnsafePickleError(UnpicklingError):
    """A pickle breaks a rule; the message completes the sentence "the file …"."""
