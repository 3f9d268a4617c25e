"""Honest models are approved, and predict what they predicted before."""

import io
import pickle

import joblib
import numpy as np
import pytest

from jobs.pickles.allowed_names import default_names
from jobs.pickles.safe_load import load_strictly
from jobs.pickles.scan import scan
from tests.unit.jobs.pickles.honest import honest_models

# Together they hold every kind of array, tree, index, scorer and text that the others hold.
VARIED = [
    "calibrated isotonic",
    "categorical hist",
    "grid search scored",
    "k neighbors ball tree",
    "pipeline search",
    "random search",
    "sparse svc",
    "splines",
    "three class boosting",
]


def dumped(estimator, **options):
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer, **options)
    return buffer.getvalue()


FORMS = {
    **{f"pickle {p}": lambda each, p=p: pickle.dumps(each, p) for p in range(6)},
    **{f"joblib {p}": lambda each, p=p: dumped(each, protocol=p) for p in (2, 3, 4, 5)},
    **{
        name: lambda each, name=name: dumped(each, compress=(name, 3))
        for name in ("zlib", "gzip", "bz2", "xz", "lzma")
    },
}


def assert_approved(honest, content):
    scanned = scan(content, default_names())
    assert scanned.findings == ()
    assert scanned.sklearn_versions
    loaded = load_strictly(content)
    expected = honest.estimator.predict(honest.rows)
    assert np.array_equal(loaded.predict(honest.rows), expected)


@pytest.mark.parametrize("name", sorted(honest_models()))
def test_an_honest_model_is_approved_and_predicts_the_same(name):
    honest = honest_models()[name]
    assert_approved(honest, dumped(honest.estimator))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_is_read(form):
    for name in VARIED:
        honest = honest_models()[name]
        assert_approved(honest, FORMS[form](honest.estimator))


def test_there_are_more_than_a_hundred_honest_models():
    assert len(honest_models()) > 100
