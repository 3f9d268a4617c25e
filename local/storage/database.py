"""The SQLite file of the stand-in: its tables, its connections, and its clock."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

FILE_NAME = "storage.db"
BUSY_TIMEOUT_SECONDS = 30

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE buckets (name TEXT PRIMARY KEY, resource TEXT NOT NULL);
CREATE TABLE objects (
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    live INTEGER NOT NULL,
    file TEXT NOT NULL,
    resource TEXT NOT NULL,
    PRIMARY KEY (bucket, name, generation)
);
CREATE UNIQUE INDEX live_objects ON objects (bucket, name) WHERE live;
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    metadata TEXT NOT NULL,
    preconditions TEXT NOT NULL,
    file TEXT NOT NULL,
    started INTEGER NOT NULL,
    object TEXT
);
-- What happened to objects and Eventarc has not taken over yet, in the order of its commits.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    bucket TEXT NOT NULL,
    object TEXT NOT NULL
);
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions; WAL lets readers pass a writer."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def create_database(folder: Path) -> Path:
    """Create the database unless it exists.

    It appears under its name only when it is complete, because Eventarc may be waiting for it.
    """
    path = folder / FILE_NAME
    if not path.exists():
        unfinished = folder / f"{FILE_NAME}.new"
        unfinished.unlink(missing_ok=True)
        with closing(connect(unfinished)) as connection:
            connection.executescript(_SCHEMA)
        unfinished.replace(path)
    return path


class Database:
    """One connection a thread; writers take turns."""

    def __init__(self, folder: Path):
        self._path = create_database(folder)
        self._threads = threading.local()
        self._writer = threading.Lock()
        self._last_tick = self._newest_tick()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        if not hasattr(self._threads, "connection"):
            self._threads.connection = connect(self._path)
        connection: sqlite3.Connection = self._threads.connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A writer's turn: its statements become visible together, or not at all."""
        with self._writer:
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def tick(self) -> int:
        """The time in microseconds, greater than any before; only inside a transaction.

        Generations and event ids are ticks: both grow in the order of the commits.
        """
        self._last_tick = max(self._last_tick + 1, time.time_ns() // 1000)
        return self._last_tick

    def _newest_tick(self) -> int:
        """What a clock that was set back must not fall behind."""
        (newest,) = self.connection.execute(
            "SELECT max(t) FROM (SELECT max(generation) AS t FROM objects"
            " UNION ALL SELECT max(id) FROM outbox)"
        ).fetchone()
        return newest or 0
