"""One page of a bucket's objects, matched by a glob and folded into prefixes; pure.

https://cloud.google.com/storage/docs/json_api/v1/objects/list
https://cloud.google.com/storage/docs/json_api/v1/objects/list#list-objects-and-prefixes-using-glob
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from functools import lru_cache
from itertools import islice

from local.storage.catalog import Position, StoredObject
from local.storage.errors import InvalidError

PAGE_LIMIT = 1000
_SURROGATES = 0xD800
_BEHIND_SURROGATES = 0xE000  # UTF-8 encodes none of them

type Objects = Callable[[Position], Iterator[StoredObject]]
"""The objects from a position on, in order."""

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^\]]+\]|\{[^{}]*\}|\\.|.", re.DOTALL)
_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class ListQuery:
    """What a client wants listed."""

    prefix: str = ""
    delimiter: str = ""
    start_offset: str = ""
    end_offset: str = ""
    glob: re.Pattern[str] | None = None
    noncurrent: bool = False
    limit: int = PAGE_LIMIT
    token: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ListQuery":
        """The query of `objects.list`."""
        glob = query.get("matchGlob")
        return cls(
            prefix=query.get("prefix", ""),
            delimiter=query.get("delimiter", ""),
            start_offset=query.get("startOffset", ""),
            end_offset=query.get("endOffset", ""),
            glob=glob_pattern(glob) if glob else None,
            noncurrent=query.get("versions", "").lower() == "true",
            limit=page_limit(query.get("maxResults")),
            token=query.get("pageToken", ""),
        )

    @property
    def start(self) -> Position:
        """Where the page begins."""
        if self.token:
            return _position(self.token)
        return Position(max(self.prefix, self.start_offset))

    @property
    def end(self) -> str | None:
        """The first name behind everything wanted; None for no end."""
        bounds = [bound for bound in (self.end_offset, successor(self.prefix)) if bound]
        return min(bounds, default=None)

    def folded(self, name: str) -> str | None:
        """The prefix that stands for a name, if one does."""
        end = name.find(self.delimiter, len(self.prefix)) if self.delimiter else -1
        return name[: end + len(self.delimiter)] if end >= 0 else None

    def wants(self, name: str) -> bool:
        """Whether a name within the bounds is listed."""
        return self.glob is None or self.glob.fullmatch(name) is not None


@dataclass
class Page:
    """What one answer lists, and where the next one goes on."""

    items: list[StoredObject] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next_token: str | None = None


def page(query: ListQuery, objects: Objects) -> Page:
    """The page that a query asks for."""
    found = Page()
    entries = _entries(query, objects)
    position: Position | None = query.start
    for entry in islice(entries, query.limit):
        if isinstance(entry, str):
            found.prefixes.append(entry)
            position = _after_prefix(entry)
        else:
            found.items.append(entry)
            position = Position(entry.name, entry.generation + 1)
    if position and next(entries, None) is not None:
        found.next_token = _token(position)
    return found


def page_limit(text: str | None) -> int:
    """How many entries a page may have, at most 1000."""
    if text is None:
        return PAGE_LIMIT
    if not text.isdecimal() or text == "0":
        raise InvalidError(f"Invalid value for maxResults: {text}")
    return min(int(text), PAGE_LIMIT)


def successor(prefix: str) -> str | None:
    """The first string behind all that start with a prefix; None when nothing is behind them."""
    trimmed = prefix.rstrip("\U0010ffff")
    if not trimmed:
        return None
    following = ord(trimmed[-1]) + 1
    return trimmed[:-1] + chr(_BEHIND_SURROGATES if following == _SURROGATES else following)


def _entries(query: ListQuery, objects: Objects) -> Iterator[StoredObject | str]:
    """Objects and prefixes in their order; jumps over what a prefix stands for."""
    position: Position | None = query.start
    while position is not None:
        start, position = position, None
        for stored in objects(start):
            if not query.wants(stored.name):
                continue
            prefix = query.folded(stored.name)
            yield prefix or stored
            if prefix:
                position = _after_prefix(prefix)
                break


def _after_prefix(prefix: str) -> Position | None:
    following = successor(prefix)
    return Position(following) if following is not None else None


def _token(position: Position) -> str:
    return base64.urlsafe_b64encode(json.dumps(astuple(position)).encode()).decode()


def _position(token: str) -> Position:
    try:
        name, generation = json.loads(base64.urlsafe_b64decode(token))
        return Position(str(name), int(generation))
    except ValueError as error:
        raise InvalidError(f"Invalid value for pageToken: {token}") from error


@lru_cache(maxsize=256)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """The regular expression that matches the same names, whole."""
    try:
        return re.compile(_expression(glob), re.DOTALL)
    except re.error as error:
        raise InvalidError(f"Invalid value for matchGlob: {glob}") from error


def _expression(glob: str) -> str:
    return "".join(_translated(token) for token in _TOKEN.findall(glob))


def _translated(token: str) -> str:
    if token in _WILDCARDS:
        return _WILDCARDS[token]
    if len(token) > 1 and token[0] == "[":
        return _character_class(token[1:-1])
    if len(token) > 1 and token[0] == "{":
        return f"(?:{'|'.join(map(_expression, token[1:-1].split(',')))})"
    return re.escape(token[-1])


def _character_class(members: str) -> str:
    negation = "^" if members[0] == "!" else ""
    listed = re.sub(r"([\\^\[&~|])", r"\\\1", members.removeprefix("!"))
    return f"[{negation}{listed}]"
