"""Which names buckets and objects may have.

https://cloud.google.com/storage/docs/buckets#naming
https://cloud.google.com/storage/docs/objects#naming
"""

import re

from local.storage.errors import InvalidError

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_OBJECT_MAX_BYTES = 1024


def valid_bucket_name(name: object) -> str:
    """The name, or a refusal."""
    if not isinstance(name, str) or not _BUCKET.fullmatch(name):
        raise InvalidError(f"Invalid bucket name: '{name}'")
    return name


def valid_object_name(name: object) -> str:
    """The name, or a refusal."""
    if not isinstance(name, str) or not name:
        raise InvalidError("Required parameter: name")
    if not 0 < _encoded_length(name) <= _OBJECT_MAX_BYTES:
        raise InvalidError(f"Object names are UTF-8 of at most {_OBJECT_MAX_BYTES} bytes.")
    if name in {".", ".."} or "\r" in name or "\n" in name:
        raise InvalidError(f"Invalid object name: {name!r}")
    return name


def _encoded_length(name: str) -> int:
    """The name's length in UTF-8; 0 when it cannot be encoded."""
    try:
        return len(name.encode())
    except UnicodeEncodeError:
        return 0
