"""The model of a registry row: exactly its generation, in exactly its runtime."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pyarrow as pa
import pytest
from google.api_core.exceptions import NotFound as GoogleNotFound

from jobs.models.artifacts import crc32c, sha256
from jobs.sandbox.loading import load_model, runtime_of
from jobs.sandbox.model_processes import ModelProcesses
from jobs.sandbox.model_session import ModelFailure
from runtimes.catalog import DEFAULT_RUNTIME
from shared.errors import DataLoss, FailedPrecondition, NotFound
from shared.registry.model_version import ModelVersion, RegisteredModel, Status
from shared.registry.signature import InputColumn, ModelSignature
from shared.settings.settings import Settings
from tests.unit.jobs.pickles.attacks import attacks
from tests.unit.jobs.sandbox import models
from tests.unit.jobs.sandbox.models import dumped, naming

ROWS = pa.RecordBatch.from_pydict({"age": [22.0, 54.0], "sex": ["m", "f"]})


class OneObject:
    """A Cloud Storage of one object; `reads` counts how often it was read."""

    def __init__(self, content):
        self._content, self.reads = content, 0

    def bucket(self, _name):
        return self

    def blob(self, _name, generation):
        self._generation = generation
        return self

    def download_as_bytes(self):
        self.reads += 1
        if self._generation != 7:
            raise GoogleNotFound("no such generation")
        return self._content


def registered(content, **changes):
    values = {
        "version": ModelVersion("m", "v1"),
        "bucket": "b",
        "generation": 7,
        "size_bytes": len(content),
        "crc32c": crc32c(content),
        "sha256": sha256(content),
        "status": Status.APPROVED,
        "metadata": {"target": "survived"},
    }
    return RegisteredModel(**values | changes)


def clients(content, **environ):
    settings = Settings.from_environ({"GCP_PROJECT_ID": "p", **environ})
    return SimpleNamespace(settings=settings, storage=OneObject(content))


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PROVED])
def test_a_model_is_loaded_with_its_signature_and_answers(processes, status):
    content = dumped(models.pipeline())
    row = registered(content, status=status)
    with load_model(row, clients(content), processes, channels=2) as loaded:
        assert loaded.registered == row
        assert loaded.signature.features == ("age", "sex")
        assert loaded.signature.outputs[0].name == "survived"
        loaded.session.prepare(loaded.description.takes)
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(loaded.session.predict, [ROWS] * 8))
    expected = models.pipeline().predict(ROWS.to_pandas()).tolist()
    assert [each[0].to_pylist() for each in answers] == [expected] * 8


def test_a_model_that_names_other_columns_than_at_its_registration_is_not_asked(processes):
    content = dumped(models.pipeline())
    for names in (("age", "sex"), ()):
        signature = ModelSignature(tuple(map(InputColumn, names)))
        load_model(
            registered(content, signature=signature), clients(content), processes
        ).session.close()
    signature = ModelSignature((InputColumn("age"), InputColumn("salary")))
    with pytest.raises(FailedPrecondition, match="other feature columns") as raised:
        load_model(registered(content, signature=signature), clients(content), processes)
    assert raised.value.reason == "MODEL_CHANGED"


def test_its_process_ends_with_the_block(processes):
    content = dumped(models.pipeline())
    before = sum(server.sessions for server in processes._servers.values())
    with load_model(registered(content), clients(content), processes):
        assert sum(server.sessions for server in processes._servers.values()) == before + 1
    assert sum(server.sessions for server in processes._servers.values()) == before


@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.UNINSPECTED])
def test_a_model_that_may_not_predict_is_not_even_read(processes, status):
    content = dumped(models.pipeline())
    deployment = clients(content)
    with pytest.raises(FailedPrecondition):
        load_model(registered(content, status=status), deployment, processes)
    assert deployment.storage.reads == 0


def test_other_bytes_than_those_that_were_registered_are_not_loaded(processes):
    row = registered(dumped(models.pipeline()))
    with pytest.raises(DataLoss):
        load_model(row, clients(dumped(models.regression())), processes)


def test_a_generation_that_is_gone_is_not_replaced_by_another(processes):
    content = dumped(models.pipeline())
    with pytest.raises(NotFound):
        load_model(registered(content, generation=6), clients(content), processes)


@pytest.mark.parametrize(
    ("content", "words", "reason"),
    [
        (b"no pickle", r"model\.pkl is not loaded: the file cannot be loaded", "MODEL_UNREADABLE"),
        (naming("nobody_has_it", "Model"), "needs the package nobody_has_it", "PACKAGE_MISSING"),
        (dumped(models.parts()), "the file holds a dict around its parts", "MODEL_UNREADABLE"),
    ],
)
def test_what_an_earlier_release_approved_and_is_no_model_is_refused(
    processes, content, words, reason
):
    before = sum(server.sessions for server in processes._servers.values())
    with pytest.raises(FailedPrecondition, match=words) as caught:
        load_model(registered(content), clients(content), processes)
    assert caught.value.reason == reason
    assert sum(server.sessions for server in processes._servers.values()) == before


def test_the_policy_strict_holds_at_prediction_too(processes, tmp_path):
    strict = {"MLSYS_MODEL_POLICY": "strict"}
    with ModelProcesses(processes.store, is_strict=True) as walled:
        content = dumped(models.pipeline())
        with load_model(registered(content), clients(content, **strict), walled) as loaded:
            assert loaded.description.estimator == "sklearn.pipeline.Pipeline"
        content = attacks(tmp_path / "marker")["os.system"]
        with pytest.raises(FailedPrecondition, match=r"os\.system"):
            load_model(registered(content), clients(content, **strict), walled)
    assert not (tmp_path / "marker").exists()


def test_a_model_without_a_runtime_is_of_the_default_one():
    assert runtime_of(registered(b"")) == DEFAULT_RUNTIME
    assert runtime_of(registered(b"", runtime="sklearn-1.5")) == "sklearn-1.5"


def test_a_model_is_loaded_in_its_runtime_and_no_other():
    class Refusing:
        def warm(self, runtime):
            self.warmed = runtime

        def open(self, runtime, _limits, *, channels):
            raise ModelFailure(f"{runtime} with {channels} channels")

    content, refusing = dumped(models.pipeline()), Refusing()
    row = registered(content, runtime="sklearn-1.5")
    with pytest.raises(ModelFailure, match=r"sklearn-1\.5 with 3 channels"):
        load_model(row, clients(content), refusing, channels=3)
    assert refusing.warmed == "sklearn-1.5"
