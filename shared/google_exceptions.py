"""Google's exceptions, imported when the first one is looked at.

`except google.NotFound:` looks at it when something goes wrong. Importing them brings gRPC and
requests along, for which a gateway that only answers /health need not wait.
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
