"""The graph of everything that a loaded object holds, and where each part stands in it.

It also requires that nothing holds itself, and that nothing is reached in too many ways: a union
that holds another twice, which holds a third twice, … is a small file whose `predict` never ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.cluster._birch import _CFNode, _CFSubcluster
from sklearn.gaussian_process.kernels import Kernel
from sklearn.neighbors._ball_tree import BallTree64
from sklearn.neighbors._kd_tree import KDTree64

from jobs.pickles.errors import UnsafePickleError

_MAX_CALLS = 1_000_000
_MAX_VISITS = 100_000_000
_LEAVES = (
    *(str, bytes, bytearray, int, float, complex, type(None), slice, range),
    *(ModuleType, np.generic, np.dtype),
)
_FUNCTIONS = (type, FunctionType, BuiltinFunctionType, np.ufunc)
_CONTAINERS = (dict, list, tuple, set, frozenset, np.ndarray)
# Nodes of Birch's tree refer to their neighbors and back; only `partial_fit` follows them.
_RINGS = (_CFNode, _CFSubcluster)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands; a member of a container stands where the container does.

    Attributes:
        owner: class of the object whose attribute holds the part; None for the loaded object.
        attribute: name of that attribute.
    """

    owner: type | None = None
    attribute: str = ""


@dataclass(slots=True, eq=False)
class Node:
    """A part of the loaded object.

    Attributes:
        part: the part itself, which stays alive, so no id is used again.
        members: what it holds besides numbers and texts, each with the attribute that holds it;
            None for a member of a container.
        visits: how many objects one sees who follows every reference, however often.
        calls: how many of them are estimators or kernels, which call each other.
    """

    part: Any
    members: list[tuple[str | None, Any]]
    visits: int = 0
    calls: int = 0


@dataclass(slots=True)
class ObjectGraph:
    """Everything that can be reached from a loaded object.

    Attributes:
        nodes: by id, in the order in which they are found: who holds a part comes before it.
    """

    loaded: Any
    nodes: dict[int, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pending = [self.loaded]
        while pending:
            part = pending.pop()
            if id(part) not in self.nodes and not isinstance(part, _LEAVES):
                node = self.nodes[id(part)] = Node(part, list(_members(part)))
                pending.extend(member for _, member in node.members)

    def places(self) -> Iterator[tuple[Any, Place]]:
        """Each part with each place in which it stands, once."""
        seen = set()
        pending = [(self.loaded, Place())]
        while pending:
            part, place = pending.pop()
            if (node := self.nodes.get(id(part))) and (id(part), place) not in seen:
                seen.add((id(part), place))
                yield part, place
                pending.extend(
                    (member, place if attribute is None else Place(type(part), attribute))
                    for attribute, member in node.members
                )

    def require_bounded(self) -> None:
        """Require that the object holds nothing in a circle and little in many ways.

        Raises:
            UnsafePickleError: naming the part.
        """
        # Each node twice: before its members, and after them, when their counts are known.
        pending: list[tuple[Any, bool]] = [(self.loaded, False)]
        open_ids: set[int] = set()
        while pending:
            part, is_counted = pending.pop()
            node = self.nodes.get(id(part))
            if node is None or node.visits:
                continue
            if is_counted:
                open_ids.remove(id(part))
                self._count(node)
                continue
            if id(part) in open_ids:
                raise UnsafePickleError(f"holds a {type(part).__name__} that holds itself")
            open_ids.add(id(part))
            pending.append((part, True))
            pending.extend((member, False) for member in self._followed(node))

    def _followed(self, node: Node) -> list[Any]:
        return [] if isinstance(node.part, _RINGS) else [member for _, member in node.members]

    def _count(self, node: Node) -> None:
        members = [self.nodes[id(each)] for each in self._followed(node) if id(each) in self.nodes]
        node.visits = 1 + sum(member.visits for member in members)
        node.calls = isinstance(node.part, BaseEstimator | Kernel) + sum(
            member.calls for member in members
        )
        if node.calls > _MAX_CALLS or node.visits > _MAX_VISITS:
            kind = type(node.part).__name__
            raise UnsafePickleError(f"holds a {kind} that holds the same parts too many times")


def _members(part: Any) -> Iterator[tuple[str | None, Any]]:
    if isinstance(part, _FUNCTIONS):
        return
    for attribute, member in getattr(part, "__dict__", {}).items():
        if not isinstance(member, _LEAVES):
            yield attribute, member
    if isinstance(part, _CONTAINERS):
        yield from ((None, member) for member in _items(part) if not isinstance(member, _LEAVES))
    elif isinstance(part, KDTree64 | BallTree64):
        yield from (
            ("state", each) for each in part.__getstate__() if not isinstance(each, _LEAVES)
        )
    elif isinstance(part, partial):
        yield from ((name, getattr(part, name)) for name in ("func", "args", "keywords"))


def _items(container: Any) -> Iterator[Any]:
    if isinstance(container, np.ndarray):
        yield from container.view(np.ndarray).ravel().tolist() if container.dtype.hasobject else ()
        return
    yield from container
    if isinstance(container, dict):
        yield from container.values()
