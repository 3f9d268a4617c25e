"""The errors of the product. Permanent or Transient says whether a retry can help.

MlsysError
├── Permanent               no: the same request fails again
│   ├── InvalidArgument     the request itself is wrong
│   ├── Unauthenticated     the request proves no caller
│   ├── PermissionDenied    the request is not for this deployment, or not for this caller
│   ├── NotFound            something that the request names does not exist
│   ├── Conflict            it exists already, with another content
│   ├── FailedPrecondition  the request is valid, but something must change before it can succeed
│   └── DataLoss            stored bytes are corrupt, or not those that were registered
└── Transient               yes: a service was busy, unavailable or slow
    └── ResourceExhausted   yes, later: the caller, or all callers together, exceed a bound
"""

from collections.abc import Mapping
from types import MappingProxyType


class MlsysError(Exception):
    """An error with a message for people and a reason code for programs.

    `str()` gives the message with its detail, for logs and terminals.

    Attributes:
        message: one sentence that says what is wrong and what to do, without internals.
        detail: the response of a service, for operators of the deployment.
        reason: UPPER_SNAKE_CASE code, stable over releases, as in google.rpc.ErrorInfo.
        subjects: the values that the message names, e.g. {"table": "project.dataset.table"}.
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
    """A retry cannot help."""


class InvalidArgument(Permanent):
    """The request itself is wrong."""

    reason = "INVALID_ARGUMENT"


class Unauthenticated(Permanent):
    """The request proves no caller."""

    reason = "UNAUTHENTICATED"


class PermissionDenied(Permanent):
    """The request is not for this deployment, or not for this caller."""

    reason = "PERMISSION_DENIED"


class NotFound(Permanent):
    """Something that the request names does not exist."""

    reason = "NOT_FOUND"


class Conflict(Permanent):
    """It exists already, with another content."""

    reason = "CONFLICT"


class FailedPrecondition(Permanent):
    """The request is valid, but something must change before it can succeed."""

    reason = "FAILED_PRECONDITION"


class DataLoss(Permanent):
    """Stored bytes are corrupt, or not those that were registered."""

    reason = "DATA_LOSS"


class Transient(MlsysError):
    """A retry may help: a service was busy, unavailable or slow."""

    reason = "UNAVAILABLE"


class ResourceExhausted(Transient):
    """The caller, or all callers together, exceed a bound; a later retry may succeed."""

    reason = "RESOURCE_EXHAUSTED"
