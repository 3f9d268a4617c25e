"""Random states whose position is outside of their key; NumPy itself refuses to load them."""

import numpy as np
from sklearn.dummy import DummyClassifier

from tests.unit.jobs.pickles.altered.models import LABELS, ROWS, altered


class _Restored:
    """Pickles as an object does, but with another state."""

    def __init__(self, original, state):
        self._reduced = (*original.__reduce__()[:2], state)

    def __reduce__(self):
        return self._reduced


def attacks(folder):
    """Each attack by its name."""
    random = np.random.RandomState(0)
    for position in (10**8, -(10**8), 625):
        state = _mersenne(random.__getstate__(), position)
        yield f"position {position} of a random state", _guessing(_Restored(random, state))
    state = random.__getstate__() | {"bit_generator": "PCG64"}
    yield "a state of another generator", _guessing(_Restored(random, state))
    generator = np.random.MT19937(0)
    state, seed = generator.__reduce__()[2]
    altered_state = (_mersenne(state, 10**8), seed)
    yield "a generator's position", _guessing(_Restored(generator, altered_state))


def _guessing(random):
    classifier = DummyClassifier(strategy="stratified").fit(ROWS, LABELS)
    return altered(classifier, random_state=random)


def _mersenne(state, position):
    return state | {"state": state["state"] | {"pos": position}}
