from bisect import bisect_left
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from local.storage.catalog import Position, StoredObject
from local.storage.listing import ListQuery, page, successor

NAMES = st.text("ab/\ud7ff\U0010ffff", min_size=1, max_size=6)
OBJECTS = st.lists(st.tuples(NAMES, st.integers(1, 3)), unique=True, max_size=25)
PREFIXES = st.text("ab/\ud7ff\U0010ffff", max_size=3)


def _stored(name: str, generation: int) -> StoredObject:
    return StoredObject(name, generation, live=True, file="", resource={})


class Listed:
    """A bucket as a sorted list."""

    def __init__(self, objects: list[tuple[str, int]], query: ListQuery):
        self._objects = [_stored(*item) for item in sorted(objects)]
        self._end = query.end

    def __call__(self, start: Position) -> Iterator[StoredObject]:
        keys = [Position(item.name, item.generation) for item in self._objects]
        found = self._objects[bisect_left(keys, start) :]
        return (item for item in found if self._end is None or item.name < self._end)


def _naive(objects: list[tuple[str, int]], query: ListQuery) -> list[tuple[str, int] | str]:
    entries: list[tuple[str, int] | str] = []
    for name, generation in sorted(objects):
        if not name.startswith(query.prefix) or name < query.start_offset:
            continue
        if query.end_offset and name >= query.end_offset:
            continue
        rest = name[len(query.prefix) :]
        folded = query.delimiter and query.delimiter in rest
        prefix = query.prefix + rest.partition(query.delimiter)[0] if folded else ""
        entry = prefix + query.delimiter if folded else (name, generation)
        if entry not in entries:
            entries.append(entry)
    return entries


@given(
    objects=OBJECTS,
    prefix=PREFIXES,
    delimiter=st.sampled_from(["", "/", "b/"]),
    offsets=st.tuples(PREFIXES, PREFIXES),
    limit=st.integers(1, 5),
)
def test_pages_together_list_what_a_naive_list_does(
    objects: list[tuple[str, int]],
    prefix: str,
    delimiter: str,
    offsets: tuple[str, str],
    limit: int,
) -> None:
    token: str | None = ""
    items: list[tuple[str, int]] = []
    prefixes: list[str] = []
    while token is not None:
        query = ListQuery(prefix, delimiter, *offsets, limit=limit, token=token)
        found = page(query, Listed(objects, query))
        assert len(found.items) + len(found.prefixes) <= limit
        assert found.items or found.prefixes or found.next_token is None
        items += [(item.name, item.generation) for item in found.items]
        prefixes += found.prefixes
        token = found.next_token

    expected = _naive(objects, query)
    assert items == [entry for entry in expected if isinstance(entry, tuple)]
    assert prefixes == [entry for entry in expected if isinstance(entry, str)]


@given(prefix=PREFIXES, names=st.lists(NAMES))
def test_a_successor_separates_what_has_a_prefix_from_what_comes_behind(
    prefix: str, names: list[str]
) -> None:
    end = successor(prefix)

    for name in names:
        below = end is None or name < end
        assert name.startswith(prefix) == (name >= prefix and below)
