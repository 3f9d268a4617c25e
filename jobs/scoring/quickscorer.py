"""Trees without walking: what the features of a row rule out, in all the trees at once.

A tree of at most 64 leaves has a bit for each of them in one machine word. A comparison that turns
out false rules out the leaves on its left. So each feature has a table: for every interval between
its thresholds, and for a missing value, the leaves of every tree that are still possible. The
entries that belong to a row's features are combined by AND, and in every tree at once the leaf that
walking would have come to is the first one left. The leaves' values are then added up in the order
of the trees, as scikit-learn does it, so that the sums are equal to the last bit.

Source: Lucchese et al., "QuickScorer: A Fast Algorithm to Rank Documents with Additive Ensembles of
Regression Trees", SIGIR 2015. Here the tables of features with few intervals are multiplied out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

MOST_LEAVES = 64
# What is looked up, and the (row, tree) pairs in work, should stay in a core's own cache.
_PRODUCT_BYTES = 512 * 1024
_PAIRS = 128 * 1024
_MOST_TABLE_BYTES = 64 * 1024 * 1024
_WORD_BYTES = 8
# To find a feature's interval costs as much as to walk a few trees.
_TREES_A_FEATURE = 4


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree as arrays of shape (nodes,); node 0 is the root.

    Attributes:
        thresholds: a row goes left where its feature is not above the threshold.
        missing_left: whether a row without the feature (NaN) goes left.
    """

    features: np.ndarray
    thresholds: np.ndarray
    left: np.ndarray
    right: np.ndarray
    is_leaf: np.ndarray
    missing_left: np.ndarray
    values: np.ndarray

    @property
    def tests(self) -> Iterator[tuple[int, float]]:
        """What the inner nodes ask: a feature and a threshold each."""
        inner = ~self.is_leaf
        return zip(self.features[inner].tolist(), self.thresholds[inner].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """An inner node: leaves [start, middle) are on its left, [middle, end) on its right."""

    tree: int
    feature: int
    threshold: float
    missing_left: bool
    start: int
    middle: int
    end: int

    @property
    def above(self) -> np.uint64:
        """The leaves still possible where the feature is above the threshold."""
        return _all_but(self.start, self.middle)

    @property
    def missing(self) -> np.uint64:
        """The leaves still possible where the feature is missing."""
        return _all_but(self.middle, self.end) if self.missing_left else self.above


def _all_but(start: int, end: int) -> np.uint64:
    return np.uint64(((1 << MOST_LEAVES) - 1) ^ ((1 << end) - (1 << start)))


class _Walk:
    """A tree's leaves from left to right, and its comparisons."""

    def __init__(self, tree: Tree, number: int):
        self.values: list[float] = []
        self.comparisons: list[_Comparison] = []
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
        test = (int(tree.features[node]), float(tree.thresholds[node]))
        missing_left = bool(tree.missing_left[node])
        self.comparisons.append(_Comparison(self._number, *test, missing_left, *leaves))


class _Intervals:
    """A feature's intervals: between its thresholds, and one more for missing values."""

    def __init__(self, comparisons: Sequence[_Comparison], trees: int):
        self._feature = comparisons[0].feature
        self._thresholds = np.unique([each.threshold for each in comparisons])
        self.table = np.full((len(self._thresholds) + 2, trees), _all_but(0, 0))
        for each in comparisons:
            place = np.searchsorted(self._thresholds, each.threshold)
            self.table[place + 1 : -1, each.tree] &= each.above
            self.table[-1, each.tree] &= each.missing

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """The number of the interval that each row is in."""
        values = rows[:, self._feature]
        numbers = np.searchsorted(self._thresholds, values)
        numbers[np.isnan(values)] = len(self.table) - 1
        return numbers


@dataclass(frozen=True, slots=True)
class _Product:
    """Features that are looked up together; the first one's intervals vary fastest."""

    factors: tuple[_Intervals, ...]
    table: np.ndarray

    def times(self, factor: _Intervals) -> "_Product":
        """The product with one feature more."""
        table = factor.table[:, None, :] & self.table[None, :, :]
        return _Product((*self.factors, factor), table.reshape(-1, table.shape[-1]))

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """The entry of the table that each row's features stand for."""
        *others, last = self.factors
        numbers = last.numbers(rows)
        for factor in reversed(others):
            numbers *= len(factor.table)
            numbers += factor.numbers(rows)
        return numbers

    def entries(self, numbers: np.ndarray) -> np.ndarray:
        """The leaves that are still possible; shape (rows, trees)."""
        return self.table.take(numbers, axis=0)


class QuickScorer:
    """An ensemble of trees as tables; any number of threads may look up at once."""

    def __init__(self, trees: Sequence[Tree]):
        walks = [_Walk(tree, number) for number, tree in enumerate(trees)]
        most_leaves = max(len(walk.values) for walk in walks)
        self._values = np.zeros((len(trees), most_leaves))
        for values, walk in zip(self._values, walks, strict=True):
            values[: len(walk.values)] = walk.values
        self._starts = np.arange(len(trees))[:, None] * most_leaves
        word = np.uint32 if most_leaves <= np.iinfo(np.uint32).bits else np.uint64
        self._products = [
            _Product(each.factors, each.table.astype(word))
            for each in _multiplied_out(_features(walks))
        ]

    @staticmethod
    def pay(trees: Sequence[Tree], features: int) -> bool:
        """Whether looking up in tables is possible, and faster than walking the trees."""
        most_leaves = max((int(tree.is_leaf.sum()) for tree in trees), default=0)
        if not (1 < most_leaves <= MOST_LEAVES and features * _TREES_A_FEATURE <= len(trees)):
            return False
        entries = len({test for tree in trees for test in tree.tests}) + 2 * features
        return entries * len(trees) * _WORD_BYTES <= _MOST_TABLE_BYTES

    def add_to(self, sums: np.ndarray, rows: np.ndarray) -> None:
        """Add the value of each tree's leaf; shapes (n, k) and (n, features).

        Tree t adds to column t modulo k.
        """
        numbers = [product.numbers(rows) for product in self._products]
        step = max(_PAIRS // len(self._values), 1)
        for start in range(0, len(rows), step):
            piece = slice(start, start + step)
            added = self._leaf_values([each[piece] for each in numbers])
            for tree, values in enumerate(added):
                sums[piece, tree % sums.shape[1]] += values

    def _leaf_values(self, numbers: Sequence[np.ndarray]) -> np.ndarray:
        """The values of the leaves; shape (trees, rows)."""
        looked_up = map(_Product.entries, self._products, numbers)
        possible = next(looked_up)
        for entries in looked_up:
            possible &= entries
        below_first = ~possible & (possible - 1)
        indices = np.bitwise_count(below_first).T + self._starts
        values: np.ndarray = self._values.take(indices)
        return values


def _features(walks: Sequence[_Walk]) -> Iterator[_Intervals]:
    found: dict[int, list[_Comparison]] = defaultdict(list)
    for comparison in chain.from_iterable(walk.comparisons for walk in walks):
        found[comparison.feature].append(comparison)
    return (_Intervals(comparisons, len(walks)) for comparisons in found.values())


def _multiplied_out(features: Iterable[_Intervals]) -> list[_Product]:
    """The features in products, of the smallest tables first."""
    products: list[_Product] = []
    for each in sorted(features, key=lambda feature: len(feature.table)):
        if products and products[-1].table.nbytes * len(each.table) <= _PRODUCT_BYTES:
            products[-1] = products[-1].times(each)
        else:
            products.append(_Product((each,), each.table))
    return products
