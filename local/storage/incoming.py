"""What a request brings: its body, its conditions, the checksums that it promises."""

import json
from collections.abc import Iterator
from typing import Any

from flask import request

from local.storage.errors import InvalidError
from local.storage.files import CHUNK_BYTES
from local.storage.preconditions import Preconditions
from local.storage.resources import Content, Resource

_HASH_FIELDS = {"crc32c": "crc32c", "md5": "md5Hash"}


def body() -> Iterator[bytes]:
    """The body in chunks; refused at the end when the client hung up before it was complete."""
    size = 0
    while chunk := _chunk():
        size += len(chunk)
        yield chunk
    if request.content_length not in {None, size}:
        raise InvalidError("The request's body ended early.")


def json_object(text: bytes) -> Resource:
    """A JSON object; empty for no text."""
    try:
        value: Any = json.loads(text or b"{}")
    except ValueError as error:
        raise InvalidError(f"Parse Error: {error}") from error
    if not isinstance(value, dict):
        raise InvalidError("Parse Error: a JSON object is expected.")
    return value


def json_body() -> Resource:
    """The body as a JSON object; empty for an empty body."""
    return json_object(b"".join(body()))


def preconditions(prefix: str = "if") -> Preconditions:
    """The conditions of the request's query."""
    return Preconditions.from_query(request.args, prefix)


def generation(parameter: str = "generation") -> int | None:
    """The generation that the query names."""
    value = request.args.get(parameter)
    try:
        return None if value is None else int(value)
    except ValueError as error:
        raise InvalidError(f"Invalid long value: '{value}' for {parameter}.") from error


def promised_checksums(metadata: Resource) -> dict[str, str]:
    """The checksums that an object's metadata or the header X-Goog-Hash announce."""
    promised = {field: metadata[field] for field in _HASH_FIELDS.values() if metadata.get(field)}
    for pair in request.headers.get("X-Goog-Hash", "").split(","):
        algorithm, _, value = pair.strip().partition("=")
        if algorithm in _HASH_FIELDS:
            promised[_HASH_FIELDS[algorithm]] = value
    return promised


def require_checksums(content: Content, promised: dict[str, str]) -> None:
    """Refuse content that is not what was promised."""
    calculated = {"crc32c": content.crc32c, "md5Hash": content.md5_hash}
    for field, value in promised.items():
        if value != calculated[field]:
            raise InvalidError(
                f'Provided {field} "{value}" doesn\'t match calculated {field}'
                f' "{calculated[field]}".'
            )


def _chunk() -> bytes:
    try:
        chunk: bytes = request.stream.read(CHUNK_BYTES)
    except OSError as error:
        raise InvalidError("The request's body ended early.") from error
    return chunk
