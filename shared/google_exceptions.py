"""Google's exceptions, imported at the first use.

Python evaluates `except google_exceptions.NotFound:` only when an exception is raised. Importing
them imports gRPC and requests, which a gateway that only answers /health does not need.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.api_core.exceptions import (
        BadRequest,
        Conflict,
        Forbidden,
        GoogleAPICallError,
        NotFound,
        PreconditionFailed,
        RetryError,
        Unauthorized,
    )

__all__ = [
    "BadRequest",
    "Conflict",
    "Forbidden",
    "GoogleAPICallError",
    "NotFound",
    "PreconditionFailed",
    "RetryError",
    "Unauthorized",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from google.api_core import exceptions  # noqa: PLC0415  (that is the purpose)

    return getattr(exceptions, name)
