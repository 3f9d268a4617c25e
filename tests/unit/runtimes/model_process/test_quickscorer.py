"""QuickScorer alone; test_ensembles.py has it beside scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtimes.model_process.quickscorer import MAX_LEAVES, QuickScorer, Tree


def stump(threshold=1.5):
    return Tree(
        features=np.array([0, 0, 0]),
        thresholds=np.array([threshold, 0, 0]),
        left=np.array([1, 0, 0]),
        right=np.array([2, 0, 0]),
        is_leaf=np.array([False, True, True]),
        missing_left=np.array([True, False, False]),
        values=np.array([0.0, 10.0, 20.0]),
    )


def test_a_stump_sends_each_row_to_its_side():
    sums = np.ones((5, 1))
    QuickScorer([stump()]).add_to(sums, np.array([[1.0], [1.5], [1.6], [np.nan], [np.inf]]))
    assert sums.ravel().tolist() == [11, 11, 21, 11, 21]


def test_the_size_of_the_tables_is_bounded():
    assert QuickScorer.is_faster([stump(number) for number in range(100)], 1)
    assert not QuickScorer.is_faster([stump(number) for number in range(3_000)], 1)
    assert not QuickScorer.is_faster([], 1)


def chain(leaves):
    """A tree of that many leaves: row x gets the number of thresholds 0, 1, 2, … below x."""
    inner = leaves - 1
    nodes = inner + leaves
    left = np.zeros(nodes, int)
    right = np.zeros(nodes, int)
    left[:inner] = np.arange(inner, 2 * inner)
    right[:inner] = np.append(np.arange(1, inner), nodes - 1)
    values = np.zeros(nodes)
    values[inner:] = np.arange(leaves)
    return Tree(
        features=np.zeros(nodes, int),
        thresholds=np.append(np.arange(float(inner)), np.zeros(leaves)),
        left=left,
        right=right,
        is_leaf=np.arange(nodes) >= inner,
        missing_left=np.zeros(nodes, bool),
        values=values,
    )


@pytest.mark.parametrize("leaves", [2, 31, 32, 33, 63, MAX_LEAVES])
def test_every_leaf_of_a_tree_is_reached(leaves):
    rows = np.arange(leaves)[:, None] - 0.5
    sums = np.zeros((leaves, 1))
    QuickScorer([chain(leaves)]).add_to(sums, rows)
    assert sums.ravel().tolist() == list(range(leaves))


def test_a_missing_value_goes_where_the_tree_sends_it():
    sums = np.zeros((1, 1))
    QuickScorer([chain(5)]).add_to(sums, np.array([[np.nan]]))
    assert sums[0, 0] == 4  # right at each node


def test_trees_add_to_columns_in_turn():
    sums = np.zeros((1, 3))
    QuickScorer([stump(), stump(), stump(), stump()]).add_to(sums, np.array([[2.0]]))
    assert sums.tolist() == [[40, 20, 20]]


def test_trees_of_more_leaves_than_a_word_has_bits_are_left_to_scikit_learn():
    assert QuickScorer.is_faster([chain(MAX_LEAVES)] * 10, 1)
    assert not QuickScorer.is_faster([chain(MAX_LEAVES + 1)] * 10, 1)


def test_few_trees_of_many_features_are_left_to_scikit_learn():
    assert not QuickScorer.is_faster([stump()] * 10, 3)


@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=6),
    st.lists(st.floats(-4, 4) | st.just(float("nan")), min_size=1, max_size=6),
)
def test_any_stumps_sum_up_as_one_by_one(thresholds, values):
    sums = np.zeros((len(values), 1))
    QuickScorer([stump(each) for each in thresholds]).add_to(sums, np.array(values)[:, None])
    expected = [sum(20.0 if value > each else 10.0 for each in thresholds) for value in values]
    assert sums.ravel().tolist() == expected
