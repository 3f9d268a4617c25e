"""Answers with the bytes of an object, whole or in part."""

from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from local.storage import incoming
from local.storage.catalog import StoredObject
from local.storage.errors import RangeError
from local.storage.ranges import ByteRange
from local.storage.resources import Resource
from local.storage.store import store

downloads = Blueprint("downloads", __name__)

_HEADERS = {
    "Cache-Control": "cacheControl",
    "Content-Disposition": "contentDisposition",
    "Content-Encoding": "contentEncoding",
    "Content-Language": "contentLanguage",
    "Content-Type": "contentType",
    "x-goog-generation": "generation",
    "x-goog-metageneration": "metageneration",
    "x-goog-storage-class": "storageClass",
    "x-goog-stored-content-length": "size",
}


@downloads.get("/b/<name:bucket>/o/<name:name>")
def media(bucket: str, name: str) -> Response:
    """`objects.get` with `alt=media`: the bytes, under the conditions of the query."""
    generation = incoming.generation()
    conditions = incoming.preconditions()

    def current() -> StoredObject:
        stored = store().catalog.found(bucket, name, generation)
        conditions.require_readable(stored.resource)
        return stored

    stored, file = store().using_file(current, _opened)
    return _answer(stored.resource, file)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _answer(resource: Resource, file: BinaryIO) -> Response:
    headers = _headers(resource)
    try:
        part = ByteRange.parse(request.headers.get("Range"), int(resource["size"]))
    except RangeError as error:
        file.close()
        return _unsatisfiable(error, resource)
    file.seek(part.start)
    response = Response(
        wrap_file(request.environ, file),
        status=206 if part.partial else 200,
        headers=headers | {"Content-Length": str(part.length)},
        direct_passthrough=True,  # the server sends the file from the kernel, up to the length
    )
    if part.partial:
        response.headers["Content-Range"] = part.content_range
    return response


def _unsatisfiable(error: RangeError, resource: Resource) -> Response:
    headers = {"Content-Range": f"bytes */{resource['size']}"}
    return Response(error.message, error.status, headers, content_type="text/plain")


def _headers(resource: Resource) -> dict[str, str]:
    changed = datetime.fromisoformat(resource["updated"])
    md5 = f",md5={resource['md5Hash']}" if "md5Hash" in resource else ""
    return {name: resource[field] for name, field in _HEADERS.items() if field in resource} | {
        "Accept-Ranges": "bytes",
        "ETag": f'"{resource["etag"]}"',
        "Last-Modified": format_datetime(changed, usegmt=True),
        "x-goog-hash": f"crc32c={resource['crc32c']}{md5}",
    }
