"""What can go wrong, split by one question: would trying again help?

MlsysError
├── Permanent               no: the same request meets the same end
│   ├── InvalidArgument     the request itself is wrong
│   ├── Unauthenticated     nobody knows who is asking
│   ├── PermissionDenied    the request is not for this deployment, or not for this caller
│   ├── NotFound            a thing that the request names does not exist
│   ├── Conflict            the thing exists already, with another content
│   ├── FailedPrecondition  the request is well formed, the world is not ready for it
│   └── DataLoss            stored bytes are corrupt, or not those that were registered
└── Transient               yes: a service was busy, away or slow
    └── ResourceExhausted   yes, later: the caller, or everybody together, asked for too much
"""

from collections.abc import Mapping
from types import MappingProxyType


class MlsysError(Exception):
    """An error with one sentence for a person and one reason code for a program.

    `str()` gives the sentence with its detail, for logs and terminals.

    Attributes:
        message: the sentence; it names the thing and what to do, and no internals.
        detail: what a service answered, for those who operate the deployment.
        reason: UPPER_SNAKE_CASE code, stable over releases, as in google.rpc.ErrorInfo.
        subjects: the things that the sentence names, e.g. {"table": "project.dataset.table"}.
    """

    reason: str = "INTERNAL"

    def __init__(
        self, message: str, *, reason: str | None = None, detail: str = "", **subjects: str
    ):
        super().__init__(f"{message} ({detail})" if detail else message)
        self.message = message
        self.detail = detail
        self.reason = reason or type(self).reason
        self.subjects: Mapping[str, str] = MappingProxyType(subjects)


class Permanent(MlsysError):
    """Trying again cannot help."""


class InvalidArgument(Permanent):
    """The request itself is wrong."""

    reason = "INVALID_ARGUMENT"


class Unauthenticated(Permanent):
    """Nobody knows who is asking."""

    reason = "UNAUTHENTICATED"


class PermissionDenied(Permanent):
    """The request is not for this deployment, or not for this caller."""

    reason = "PERMISSION_DENIED"


class NotFound(Permanent):
    """A thing that the request names does not exist."""

    reason = "NOT_FOUND"


class Conflict(Permanent):
    """The thing exists already, with another content."""

    reason = "CONFLICT"


class FailedPrecondition(Permanent):
    """The request is well formed, but the world is not ready for it."""

    reason = "FAILED_PRECONDITION"


class DataLoss(Permanent):
    """Stored bytes are corrupt, or not those that were registered."""

    reason = "DATA_LOSS"


class Transient(MlsysError):
    """Trying again may help: a service was busy, away or slow."""

    reason = "UNAVAILABLE"


class ResourceExhausted(Transient):
    """The caller, or everybody together, asked for too much: later there is room."""

    reason = "RESOURCE_EXHAUSTED"
