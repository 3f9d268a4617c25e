"""One SQLite connection for all threads, with lists in pages and dataclasses kept as JSON."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints


class Page(NamedTuple):
    """How many rows to list, and after which position; a position is opaque to callers."""

    size: int = 100
    after: int | None = None


class Rows[T](NamedTuple):
    """One page of a list; `next` is the position to go on from, None at the end."""

    items: list[T]
    next: int | None


class Database:
    """A file with tables; whoever holds `lock` is alone with it."""

    def __init__(self, path: Path, schema: str) -> None:
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript(schema)

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the block atomic, and alone; nests."""
        with self.lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:
                yield

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """Run one statement and return what it selects."""
        with self.lock:
            return self._connection.execute(sql, tuple(values)).fetchall()

    def put_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement for each row, all or none."""
        with self.transaction():
            self._connection.executemany(sql, rows)

    def newest(
        self, table: str, filters: dict[str, str | int | None], page: Page
    ) -> Rows[tuple[int, str]]:
        """List (sequence, document), the newest first; a filter that is None filters nothing."""
        chosen = {column: value for column, value in filters.items() if value is not None}
        condition = " AND ".join(f"{column} = ?" for column in chosen)
        before = 2**62 if page.after is None else page.after
        rows = self.rows(
            f"SELECT sequence, document FROM {table} WHERE {condition} "  # noqa: S608  # our own names
            "AND sequence < ? ORDER BY sequence DESC LIMIT ?",
            (*chosen.values(), before, page.size + 1),
        )
        items = rows[: page.size]
        return Rows(items, items[-1][0] if len(rows) > page.size else None)


def to_json(value: Any) -> str:
    """Return a dataclass as JSON; enumerations by value, times as ISO 8601."""
    return json.dumps(asdict(value), default=datetime.isoformat, separators=(",", ":"))


def from_json[T](kind: type[T], text: str) -> T:
    """Return the dataclass that `document` was given."""
    value: T = _from_json(kind, json.loads(text))
    return value


def _from_json(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is UnionType:
        return _from_json(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return tuple(_from_json(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return _dataclass_from_json(kind, value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value


def _dataclass_from_json(kind: Any, fields: dict[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _from_json(hints[name], value) for name, value in fields.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
