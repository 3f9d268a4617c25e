"""What a loaded object holds, in which places, and how often."""

from functools import partial

import numpy as np
import pytest
from sklearn.cluster import Birch
from sklearn.linear_model import Ridge
from sklearn.neighbors import KDTree
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_array

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.validation.graph import ObjectGraph, Place


def places(loaded):
    return [(type(part).__name__, place) for part, place in ObjectGraph(loaded).places()]


def test_a_member_of_a_container_stands_where_the_container_does():
    model = Pipeline([("one", Ridge())])
    in_steps = Place(Pipeline, "steps")
    assert places([model]) == [
        ("list", Place()),
        ("Pipeline", Place()),
        ("list", in_steps),
        ("tuple", in_steps),
        ("Ridge", in_steps),
    ]


def test_a_part_is_found_in_each_of_its_places():
    shared = Ridge()
    model = Pipeline([("one", shared)], memory=shared)
    found = {place for name, place in places(model) if name == "Ridge"}
    assert found == {Place(Pipeline, "steps"), Place(Pipeline, "memory")}


@pytest.mark.parametrize(
    "container",
    [
        {"a": np.log1p},
        {np.log1p: 1},
        [[np.log1p]],
        (np.log1p,),
        {np.log1p},
        np.array([np.log1p, 1], dtype=object),
        np.ma.array([np.log1p, 1], mask=[True, False], dtype=object),
        partial(check_array, 1, dtype=np.log1p),
    ],
    ids=["value", "key", "list", "tuple", "set", "array", "masked array", "partial"],
)
def test_functions_are_found_in_every_container(container):
    assert "ufunc" in [name for name, _ in places(container)]


def test_the_state_of_an_index_and_arrays_of_numbers_are_parts():
    names = [name for name, _ in places(KDTree([[1.0], [2.0]]))]
    assert names[0] == "KDTree"
    assert {"ndarray", "EuclideanDistance64"} <= set(names)
    assert places([np.zeros(3), "a", 1, None]) == [("list", Place()), ("ndarray", Place())]


def doubled(part, times):
    for _ in range(times):
        part = FeatureUnion([("left", part), ("right", part)])
    return part


def test_an_object_that_holds_little_is_bounded():
    for loaded in (doubled(StandardScaler(), 5), [1] * 1000, {"a": (1,) * 10}):
        ObjectGraph(loaded).require_bounded()
    shared = Ridge()
    graph = ObjectGraph([shared, shared])
    graph.require_bounded()
    assert graph.nodes[id(graph.loaded)].calls == 2


def test_an_object_that_holds_others_in_many_ways_is_refused():
    nested = (1,)
    for _ in range(60):
        nested = (nested, nested)
    for loaded in (doubled(StandardScaler(), 30), nested, {"a": nested}):
        with pytest.raises(UnsafePickleError, match="holds the same parts too many times"):
            ObjectGraph(loaded).require_bounded()


def test_an_object_that_holds_itself_is_refused():
    model = Pipeline([("one", Ridge())])
    model.steps.append(("two", model))
    with pytest.raises(UnsafePickleError, match="that holds itself"):
        ObjectGraph(model).require_bounded()


def test_the_leaves_of_a_birch_refer_to_each_other():
    birch = Birch(threshold=0.01, branching_factor=2).fit(np.random.default_rng(0).random((30, 2)))
    ObjectGraph(birch).require_bounded()
