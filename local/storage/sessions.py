"""Resumable uploads under way, and those finished lately; they survive restarts."""

import json
import sqlite3
from dataclasses import dataclass
from uuid import uuid4

from local.storage.changes import Draft
from local.storage.errors import NotFoundError
from local.storage.preconditions import Preconditions
from local.storage.resources import Resource

_LIFETIME_MICROSECONDS = 7 * 24 * 3600 * 1_000_000


@dataclass(frozen=True)
class Session:
    """A resumable upload: what shall become of it, where its bytes lie, what became of it."""

    id: str
    draft: Draft
    file: str
    created: Resource | None = None


class Sessions:
    """The table of uploads, through one connection."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection

    def start(self, draft: Draft, now: int) -> Session:
        """Open a session whose file is still to be written."""
        session = Session(uuid4().hex, draft, uuid4().hex)
        self._connection.execute(
            "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                session.id,
                draft.bucket,
                draft.name,
                json.dumps(draft.metadata),
                json.dumps(draft.preconditions.stored),
                session.file,
                now,
            ),
        )
        return session

    def found(self, upload_id: str) -> Session:
        """A session that must exist."""
        row = self._connection.execute(
            "SELECT bucket, name, metadata, preconditions, file, object FROM uploads WHERE id = ?",
            (upload_id,),
        ).fetchone()
        if row is None:
            raise NotFoundError(f"No such upload: {upload_id}")
        bucket, name, metadata, preconditions, file, created = row
        conditions = Preconditions(**json.loads(preconditions))
        draft = Draft(bucket, name, json.loads(metadata), conditions)
        return Session(upload_id, draft, file, json.loads(created) if created else None)

    def finish(self, session: Session, created: Resource) -> None:
        """Keep what became of a session, for a client that missed the answer."""
        self._connection.execute(
            "UPDATE uploads SET object = ?, file = '' WHERE id = ?",
            (json.dumps(created), session.id),
        )

    def remove(self, session: Session) -> None:
        """Forget a session."""
        self._connection.execute("DELETE FROM uploads WHERE id = ?", (session.id,))

    def expire(self, now: int) -> None:
        """Forget the sessions that are older than a week."""
        oldest = now - _LIFETIME_MICROSECONDS
        self._connection.execute("DELETE FROM uploads WHERE started < ?", (oldest,))
