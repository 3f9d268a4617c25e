"""QuickScorer: evaluates all trees of an ensemble at once, by bit masks of reachable leaves.

A tree of at most 64 leaves has one bit per leaf in a machine word. A split whose condition is false
excludes the leaves of its left subtree. So each feature has a table: for every interval between its
thresholds, and for a missing value, the mask of the leaves of every tree that are still reachable.
The masks for a row's features are combined by AND; the exit leaf of each tree is the first bit that
is set. The leaves' values are then added in the order of the trees, as scikit-learn adds them, so
that the sums are equal to the last bit.

Source: Lucchese et al., "QuickScorer: A Fast Algorithm to Rank Documents with Additive Ensembles of
Regression Trees", SIGIR 2015. Here, features with few intervals share a table of all combinations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

MAX_LEAVES = 64
# The tables, and the (row, tree) pairs of a step, should fit into the cache of a core.
_PRODUCT_BYTES = 512 * 1024
_STEP_PAIRS = 128 * 1024
_MAX_TABLE_BYTES = 64 * 1024 * 1024
_WORD_BYTES = 8
# To find a feature's interval costs as much as to traverse a few trees.
_TREES_PER_FEATURE = 4


@dataclass(frozen=True)
class Tree:
    """A binary tree as arrays of shape (nodes,); node 0 is the root.

    Attributes:
        thresholds: a row goes left if its feature is at most the threshold.
        missing_left: whether a row goes left if its feature is missing (NaN).
    """

    features: np.ndarray
    thresholds: np.ndarray
    left: np.ndarray
    right: np.ndarray
    is_leaf: np.ndarray
    missing_left: np.ndarray
    values: np.ndarray

    @property
    def splits(self) -> Iterator[tuple[int, float]]:
        """The feature and the threshold of each inner node."""
        inner = ~self.is_leaf
        return zip(self.features[inner].tolist(), self.thresholds[inner].tolist())


@dataclass(frozen=True)
class _Split:
    """An inner node; its left leaves are [start, middle), its right leaves [middle, end)."""

    tree: int
    feature: int
    threshold: float
    missing_left: bool
    start: int
    middle: int
    end: int

    @property
    def above(self) -> np.uint64:
        """The mask of the reachable leaves if the feature is above the threshold."""
        return _all_but(self.start, self.middle)

    @property
    def missing(self) -> np.uint64:
        """The mask of the reachable leaves if the feature is missing."""
        return _all_but(self.middle, self.end) if self.missing_left else self.above


def _all_but(start: int, end: int) -> np.uint64:
    return np.uint64(((1 << MAX_LEAVES) - 1) ^ ((1 << end) - (1 << start)))


class _Traversal:
    """The values of a tree's leaves from left to right, and its splits."""

    def __init__(self, tree: Tree, number: int):
        self.values: list[float] = []
        self.splits: list[_Split] = []
        self._tree, self._number = tree, number
        self._visit(0)

    def _visit(self, node: int) -> None:
        tree = self._tree
        if tree.is_leaf[node]:
            self.values.append(tree.values[node])
            return
        start = len(self.values)
        self._visit(tree.left[node])
        middle = len(self.values)
        self._visit(tree.right[node])
        leaves = (start, middle, len(self.values))
        split = (int(tree.features[node]), float(tree.thresholds[node]))
        missing_left = bool(tree.missing_left[node])
        self.splits.append(_Split(self._number, *split, missing_left, *leaves))


class _Intervals:
    """The intervals between a feature's thresholds, and one for missing values.

    The table holds masks of reachable leaves; shape (intervals, trees).
    """

    def __init__(self, splits: Sequence[_Split], trees: int):
        self._feature = splits[0].feature
        self._thresholds = np.unique([each.threshold for each in splits])
        self.table = np.full((len(self._thresholds) + 2, trees), _all_but(0, 0))
        for each in splits:
            index = np.searchsorted(self._thresholds, each.threshold)
            self.table[index + 1 : -1, each.tree] &= each.above
            self.table[-1, each.tree] &= each.missing

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """The interval of each row; shape (rows,)."""
        values = rows[:, self._feature]
        numbers = np.searchsorted(self._thresholds, values)
        numbers[np.isnan(values)] = len(self.table) - 1
        return numbers


@dataclass(frozen=True)
class _Product:
    """Features with a common table; the interval of the first one varies fastest."""

    factors: tuple[_Intervals, ...]
    table: np.ndarray

    def times(self, factor: _Intervals) -> _Product:
        """The product with one more feature."""
        table = factor.table[:, None, :] & self.table[None, :, :]
        return _Product((*self.factors, factor), table.reshape(-1, table.shape[-1]))

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """The index of each row's entry in the table; shape (rows,)."""
        *others, last = self.factors
        numbers = last.numbers(rows)
        for factor in reversed(others):
            numbers *= len(factor.table)
            numbers += factor.numbers(rows)
        return numbers

    def entries(self, numbers: np.ndarray) -> np.ndarray:
        """The masks of reachable leaves; shape (rows, trees)."""
        return self.table.take(numbers, axis=0)


class QuickScorer:
    """An ensemble of trees as tables; safe to call from many threads at once."""

    def __init__(self, trees: Sequence[Tree]):
        traversals = [_Traversal(tree, number) for number, tree in enumerate(trees)]
        most_leaves = max(len(each.values) for each in traversals)
        self._values = np.zeros((len(trees), most_leaves))
        for values, traversal in zip(self._values, traversals):
            values[: len(traversal.values)] = traversal.values
        self._starts = np.arange(len(trees))[:, None] * most_leaves
        word = np.uint32 if most_leaves <= np.iinfo(np.uint32).bits else np.uint64
        self._products = [
            _Product(each.factors, each.table.astype(word))
            for each in _combined(_features(traversals))
        ]

    @staticmethod
    def is_faster(trees: Sequence[Tree], features: int) -> bool:
        """Whether an ensemble can be evaluated by tables, and faster than by traversal."""
        most_leaves = max((int(tree.is_leaf.sum()) for tree in trees), default=0)
        if not (1 < most_leaves <= MAX_LEAVES and features * _TREES_PER_FEATURE <= len(trees)):
            return False
        entries = len({split for tree in trees for split in tree.splits}) + 2 * features
        return entries * len(trees) * _WORD_BYTES <= _MAX_TABLE_BYTES

    def add_to(self, sums: np.ndarray, rows: np.ndarray) -> None:
        """Add the value of each tree's exit leaf; shapes (n, k) and (n, features).

        Tree t adds to column t modulo k.
        """
        numbers = [product.numbers(rows) for product in self._products]
        step = max(_STEP_PAIRS // len(self._values), 1)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            added = self._leaf_values([each[part] for each in numbers])
            for tree, values in enumerate(added):
                sums[part, tree % sums.shape[1]] += values

    def _leaf_values(self, numbers: Sequence[np.ndarray]) -> np.ndarray:
        """The values of the exit leaves; shape (trees, rows)."""
        masks = map(_Product.entries, self._products, numbers)
        reachable = next(masks)
        for mask in masks:
            reachable &= mask
        below_first = ~reachable & (reachable - 1)
        indices = np.bitwise_count(below_first).T + self._starts
        values: np.ndarray = self._values.take(indices)
        return values


def _features(traversals: Sequence[_Traversal]) -> Iterator[_Intervals]:
    splits: dict[int, list[_Split]] = defaultdict(list)
    for split in chain.from_iterable(each.splits for each in traversals):
        splits[split.feature].append(split)
    return (_Intervals(each, len(traversals)) for each in splits.values())


def _combined(features: Iterable[_Intervals]) -> list[_Product]:
    """The features in as few products as fit into the cache, the smallest tables first."""
    products: list[_Product] = []
    for each in sorted(features, key=lambda feature: len(feature.table)):
        if products and products[-1].table.nbytes * len(each.table) <= _PRODUCT_BYTES:
            products[-1] = products[-1].times(each)
        else:
            products.append(_Product((each,), each.table))
    return products
