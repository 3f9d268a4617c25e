"""Why a pickle is not loaded."""

from pickle import UnpicklingError


class Refused(UnpicklingError):  # noqa: N818  (as in shared/errors.py: what happened, no suffix)
    """A pickle does what no honest model does; the message completes "the file …"."""
