"""Fitted models to alter, and how they are altered: by their state, as a hostile file does it."""

import copy
import io
from functools import cache

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from tests.unit.jobs.pickles.honest import FRAME, LABELS, NUMBERS, TARGET, honest_models

ROWS = FRAME[NUMBERS].to_numpy()
THREE = np.arange(len(ROWS)) % 3
BYTES_OF_8_GIB = 1 << 33


def dumped(model):
    """A file of joblib."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()


def honest(name):
    """A copy of a model of the honest corpus."""
    return copy.deepcopy(honest_models()[name].estimator)


@cache
def _fitted(key):
    kind, options, target = key
    return kind(**dict(options)).fit(ROWS, _TARGETS[target])


_TARGETS = {"labels": LABELS, "three": THREE, "numbers": TARGET, "none": None}


def fitted(kind, target="labels", **options):
    """A new copy of an estimator that is fitted to three columns of numbers."""
    return copy.deepcopy(_fitted((kind, tuple(options.items()), target)))


def altered(part, **attributes):
    """The part itself, with other attributes than its class gives it."""
    vars(part).update(attributes)
    return part


def without(part, *names):
    """The part itself, without some of its attributes."""
    for name in names:
        del vars(part)[name]
    return part


def before_a_classifier(transformer):
    """A pipeline whose first step is a transformer, in whatever state it is."""
    pipeline = make_pipeline("passthrough", LogisticRegression()).fit(ROWS, LABELS)
    pipeline.steps[0] = ("transformer", transformer)
    return pipeline


def changed_tree(tree, *, state=None, arguments=None, **nodes):
    """A tree with other nodes: `field=(index, value)`; or with another state or other arguments."""
    _, first, second = tree.__reduce__()
    changed = second["nodes"].copy()
    for field, (index, value) in nodes.items():
        changed[field][index] = value
    other = type(tree)(*(arguments or first))
    other.__setstate__(second | {"nodes": changed} | (state or {}))
    return other


def changed_index(index, **items):
    """A KDTree or BallTree with other items of its state, by their names."""
    state = list(index.__getstate__())
    for name, value in items.items():
        position = _INDEX_STATE.index(name)
        state[position] = value(np.array(state[position])) if callable(value) else value
    index.__setstate__(tuple(state))
    return index


_INDEX_STATE = ("points", "indices", "nodes", "bounds", "leaf_size", "levels", "count")
