"""The route that creates objects from bytes: in one request, or as the start of resumable steps.

https://cloud.google.com/storage/docs/uploads-downloads#uploads
"""

from collections.abc import Iterable, Iterator

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from local.storage import incoming, multipart
from local.storage.changes import Draft
from local.storage.errors import InvalidError
from local.storage.names import valid_object_name
from local.storage.resources import Resource
from local.storage.resumable import start_session
from local.storage.store import store

uploads = Blueprint("uploads", __name__)


@uploads.post("/b/<name:bucket>/o")
def insert(bucket: str) -> ResponseReturnValue:
    """`objects.insert`; what the body is, the query's `uploadType` says."""
    match request.args.get("uploadType"):
        case "media":
            return _insert_media(bucket)
        case "multipart":
            return _insert_multipart(bucket)
        case "resumable":
            return _start_resumable(bucket)
        case other:
            raise InvalidError(f"Invalid uploadType: {other}")


def _start_resumable(bucket: str) -> ResponseReturnValue:
    metadata = incoming.json_body()
    metadata.setdefault("contentType", request.headers.get("X-Upload-Content-Type"))
    return start_session(_draft(bucket, metadata))


def _draft(bucket: str, metadata: Resource) -> Draft:
    name = valid_object_name(request.args.get("name") or metadata.get("name"))
    return Draft(bucket, name, metadata, incoming.preconditions())


def _insert_media(bucket: str) -> Resource:
    content_type = request.headers.get("Content-Type")
    return _create(_draft(bucket, {"contentType": content_type}), incoming.body())


def _insert_multipart(bucket: str) -> Resource:
    separator = multipart.boundary(request.headers.get("Content-Type", ""))
    parts = multipart.parts(incoming.body(), separator)
    metadata = incoming.json_object(b"".join(_next_part(parts).content))
    media = _next_part(parts)
    metadata.setdefault("contentType", media.headers.get("content-type"))
    return _create(_draft(bucket, metadata), media.content)


def _next_part(parts: Iterator[multipart.Part]) -> multipart.Part:
    part = next(parts, None)
    if part is None:
        raise InvalidError("A multipart upload has two parts: metadata and media.")
    return part


def _create(draft: Draft, chunks: Iterable[bytes]) -> Resource:
    promised = incoming.promised_checksums(draft.metadata)
    with store().files.new() as file:
        content = store().files.write(file, chunks)
        incoming.require_checksums(content, promised)
        with store().changes() as changes:
            created = changes.create_object(draft, content)
    return store().linked_object(created)
