"""Resumable uploads: a session, then bytes in any number of requests.

https://cloud.google.com/storage/docs/performing-resumable-uploads
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from local.storage import incoming
from local.storage.changes import Draft
from local.storage.errors import CancelledError, StorageError
from local.storage.ranges import ContentRange
from local.storage.resources import Resource
from local.storage.sessions import Session, Sessions
from local.storage.store import store

resumable = Blueprint("resumable", __name__)


def start_session(draft: Draft) -> Response:
    """Open a session; its address is in the header Location."""
    with store().changes() as changes:
        changes.check(draft)
        session = Sessions(changes.connection).start(draft, store().database.tick())
    store().files.write(session.file, ())
    query = f"uploadType=resumable&upload_id={session.id}"
    location = f"{store().root}upload/storage/v1/b/{draft.bucket}/o?{query}"
    return Response(headers={"Location": location, "X-GUploader-UploadID": session.id})


@resumable.put("/b/<name:_bucket>/o")
def resume(_bucket: str) -> ResponseReturnValue:
    """Store the next bytes of a session, or answer how many there are."""
    session = _session()
    if session.created:
        return store().linked_object(session.created)
    content_range = ContentRange.parse(request.headers.get("Content-Range"))
    size = _receive(session, content_range)
    return _finish(session) if content_range.completes(size) else _incomplete(size)


@resumable.delete("/b/<name:_bucket>/o")
def cancel(_bucket: str) -> ResponseReturnValue:
    """Give a session up."""
    _forget(_session())
    raise CancelledError("The upload was cancelled.")


def _session() -> Session:
    upload_id = request.args.get("upload_id", "")
    return Sessions(store().database.connection).found(upload_id)


def _receive(session: Session, content_range: ContentRange) -> int:
    """Write the request's bytes where they belong; returns the size so far.

    Bytes that came before may come again. Bytes behind a gap are not taken.
    """
    files = store().files
    size = files.size(session.file)
    if content_range.first is None or content_range.first > size:
        return size
    files.write_at(session.file, content_range.first, incoming.body())
    return files.size(session.file)


def _incomplete(size: int) -> Response:
    return Response(status=308, headers={"Range": f"bytes=0-{size - 1}"} if size else {})


def _finish(session: Session) -> Resource:
    try:
        created = _create(session)
    except StorageError:
        _forget(session)
        raise
    return store().linked_object(created)


def _create(session: Session) -> Resource:
    content = store().files.content(session.file)
    incoming.require_checksums(content, incoming.promised_checksums(session.draft.metadata))
    with store().changes() as changes:
        sessions = Sessions(changes.connection)
        created = sessions.found(session.id).created
        if created is None:
            created = changes.create_object(session.draft, content)
            sessions.finish(session, created)
    return created


def _forget(session: Session) -> None:
    with store().changes() as changes:
        sessions = Sessions(changes.connection)
        # Looked up again: once the upload is finished, its file is an object's.
        current = sessions.found(session.id)
        if current.created is None:
            changes.orphans.append(current.file)
        sessions.remove(current)
