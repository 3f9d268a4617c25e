import io
import multiprocessing
import pickle
import resource
import threading
from concurrent.futures import ProcessPoolExecutor

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from jobs.models.inspection import safe_load_model
from jobs.models.inspection_result import InspectionConditions
from jobs.models.loading import load_estimator
from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.limits import MIB, Limits
from shared.errors import FailedPrecondition
from shared.settings.settings import Settings
from tests.faults.pickles.bombs import BOMBS

MODEL = LogisticRegression().fit([[0.0], [1.0]], [0, 1])


def load(content, **environ):
    return load_estimator(content, Settings.from_environ({"GCP_PROJECT_ID": "p", **environ}))


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x05."])
def test_bytes_that_are_no_model_are_refused(content):
    with pytest.raises(
        FailedPrecondition, match=r"model\.pkl is not loaded: the file (is no|ends at)"
    ):
        load(content)


def test_a_pickle_of_something_else_is_refused():
    buffer = io.BytesIO()
    joblib.dump({"a": 1}, buffer)
    with pytest.raises(FailedPrecondition, match="the file holds a dict, which has no predict"):
        load(buffer.getvalue())


def older(model):
    """The file of a model of an older scikit-learn."""
    content = pickle.dumps(model, 0)
    return content.replace(model.__getstate__()["_sklearn_version"].encode(), b"1.6.0")


def test_a_model_of_another_scikit_learn_is_refused_unless_the_operator_allows_it():
    with pytest.raises(FailedPrecondition, match=r"SKLEARN_VERSIONS=1\.6 to allow it"):
        load(older(MODEL))
    with pytest.raises(FailedPrecondition, match=r"trained with scikit-learn 1\.6\.0"):
        load(older(MODEL), MLSYS_ALLOWED_SKLEARN_VERSIONS="1.7,1.8")
    loaded = load(older(MODEL), MLSYS_ALLOWED_SKLEARN_VERSIONS="1.7,1.6")
    assert loaded.predict([[1.0]]) == [1]


def test_code_of_an_operator_s_own_is_refused_unless_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "own_features.py").write_text(
        "class Double:\n    def predict(self, rows):\n        return [2 * each for each in rows]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    content = b"\x80\x04cown_features\nDouble\n)\x81}b."
    with pytest.raises(FailedPrecondition, match=r"own_features\.Double.*MLSYS_ALLOWED_PICKLE"):
        load(content)
    with pytest.raises(FailedPrecondition, match=r"own_features\.Double"):
        load(content, MLSYS_ALLOWED_PICKLE_NAMES="own_features:Doubles")
    loaded = load(content, MLSYS_ALLOWED_PICKLE_NAMES="own_features:Double")
    assert loaded.predict([3]) == [6]


def load_in_another_process(content, limits):
    """Load in another process: the limit of time can interrupt anything, also pytest."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        process.submit(safe_load_model, content, InspectionConditions(), limits).result()


def test_a_load_takes_no_more_memory_than_a_model_may():
    limits = Limits(memory_bytes=300 * MIB, cpu_seconds=60)
    with pytest.raises(UnsafePickleError, match="needs more memory than a model may take"):
        load_in_another_process(BOMBS["copies of much"](), limits)


def test_a_load_takes_no_more_time_than_a_model_may():
    with pytest.raises(UnsafePickleError, match="takes longer to load than a model may"):
        load_in_another_process(BOMBS["keys that collide"](), Limits(cpu_seconds=1))


def test_the_bounds_of_a_load_are_lifted_after_it():
    def limits():
        return [resource.getrlimit(each) for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]

    before = limits()
    load(pickle.dumps(MODEL))
    with pytest.raises(FailedPrecondition):
        load(b"")
    assert limits() == before


def test_a_thread_may_load_too():
    loaded = []
    thread = threading.Thread(target=lambda: loaded.append(load(pickle.dumps(MODEL))))
    thread.start()
    thread.join()
    assert loaded[0].predict([[1.0]]) == [1]
