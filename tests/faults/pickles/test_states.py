"""Honest models with one altered attribute: refused, or they predict without a crash or a hang.

A few seconds of it in every run of the tests; longer by `make fuzz`.
"""

import os
import random
import resource
import signal
import time
from contextlib import suppress

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from jobs.pickles.allowed_names import default_names
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import address_space_bytes
from jobs.pickles.safe_load import load_strictly
from jobs.pickles.validation.functions import FUNCTIONS
from jobs.pickles.validation.graph import ObjectGraph
from jobs.pickles.validation.objects import validate
from tests.unit.jobs.pickles.altered.models import dumped
from tests.unit.jobs.pickles.honest import honest_models

SECONDS = 3.0
MAX_SECONDS = 60
MEMORY_BYTES = 1 << 30
VALUES = [10**12, -1, 0, 1.5, float("nan"), 2**62, "fit", "filename", None, True, [], {}, ()]
GONE = object()


def parts(model):
    """What a model holds that has attributes."""
    for node in ObjectGraph(model).nodes.values():
        if getattr(node.part, "__dict__", None) and not isinstance(node.part, FUNCTIONS):
            yield node.part


def values(old, chance):
    """A value that an attacker would try instead of an old one."""
    choices = [GONE, *VALUES]
    if isinstance(old, list | tuple) and old:
        choices += [old[:-1], old * 2, [old]]
    if isinstance(old, int) and not isinstance(old, bool):
        choices += [old + 1, old * 1000 + 7, -old]
    if isinstance(old, np.ndarray) and old.ndim and old.size and old.dtype.kind in "biuf":
        choices += [old[:0].copy(), old[:1].copy(), np.concatenate([old, old]), old.T.copy()]
        choices += [old.astype(object), old.astype(np.float32)] * 2
        if old.dtype.kind in "iu":
            choices += [_with(old, np.iinfo(old.dtype).max, -1), _with(old, 10**6, 0)] * 3
    return chance.choice(choices)


def _with(array, value, position):
    changed = array.copy()
    changed.flat[position] = min(value, np.iinfo(array.dtype).max)
    return changed


def altered(chance):
    """A file of a model with one attribute changed, and rows for it; None when it is refused."""
    honest = honest_models()[chance.choice(sorted(honest_models()))]
    part = chance.choice(list(parts(honest.estimator)))
    attribute = chance.choice(sorted(vars(part)))
    old = vars(part)[attribute]
    new = values(old, chance)
    try:
        vars(part)[attribute] = new
        if new is GONE:
            del vars(part)[attribute]
        with suppress(UnsafePickleError):
            validate(honest.estimator, default_names())
            return dumped(honest.estimator), honest.rows
        return None, None
    finally:
        vars(part)[attribute] = old


def test_an_altered_attribute_is_refused_or_does_no_harm(request):
    seconds = request.config.getoption("--fuzz-seconds", None) or SECONDS
    honest_models()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seed = random.randrange(10**9)  # noqa: S311  (chance, not secrecy)
        content, rows = altered(random.Random(seed))  # noqa: S311  (likewise)
        if content is None:
            continue
        if not (child := os.fork()):
            _predict_and_exit(content, rows)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, seed


def _predict_and_exit(content, rows):
    signal.alarm(MAX_SECONDS)  # ends a process that hangs
    limit = address_space_bytes() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # Anything may be raised. One thread, because the others of OpenMP do not survive a fork.
    with suppress(BaseException), threadpool_limits(1), joblib.parallel_config("sequential"):
        model = load_strictly(content)
        for method in ("predict", "predict_proba"):
            with suppress(Exception):
                getattr(model, method)(rows)
    os._exit(0)


@pytest.mark.parametrize("name", ["sparse svc", "hist boosting", "k neighbors kd tree"])
def test_a_model_that_is_not_altered_predicts_in_the_same_way(name):
    honest = honest_models()[name]
    content = dumped(honest.estimator)
    if not (child := os.fork()):
        _predict_and_exit(content, honest.rows)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
