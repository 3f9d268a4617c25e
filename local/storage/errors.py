"""What the stand-in refuses, in Cloud Storage's words.

StorageError
├── InvalidError             400  the request contradicts itself or the protocol
├── NotFoundError            404  no such bucket, object, generation or upload
├── ConflictError            409  the bucket exists already, or is not empty
├── PreconditionError        412  a generation or metageneration is not the expected one
├── NotModifiedError         304  the same, asked by a reader that has this very version
├── RangeError               416  the range starts behind the object's end
└── CancelledError           499  the client cancelled its upload
"""

from typing import Any


class StorageError(Exception):
    """A refusal; its message is what the client reads."""

    status = 500
    reason = "backendError"

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message

    @property
    def body(self) -> dict[str, Any]:
        """The error in Google's JSON shape."""
        cause = {"message": self.message, "domain": "global", "reason": self.reason}
        return {"error": {"code": self.status, "message": self.message, "errors": [cause]}}


class InvalidError(StorageError):
    """The request contradicts itself or the protocol."""

    status = 400
    reason = "invalid"


class NotFoundError(StorageError):
    """No such bucket, object, generation or upload."""

    status = 404
    reason = "notFound"


class ConflictError(StorageError):
    """The bucket exists already, or is not empty."""

    status = 409
    reason = "conflict"


class PreconditionError(StorageError):
    """A generation or metageneration is not the expected one."""

    status = 412
    reason = "conditionNotMet"


class NotModifiedError(StorageError):
    """A reader asked only for a version other than this one."""

    status = 304
    reason = "notModified"


class RangeError(StorageError):
    """The range starts behind the object's end."""

    status = 416
    reason = "requestedRangeNotSatisfiable"


class CancelledError(StorageError):
    """The client cancelled its upload."""

    status = 499
    reason = "clientClosedRequest"
