import logging
import os
import signal
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.pickles.limits import LIMITS
from jobs.sandbox import model_processes
from jobs.sandbox.model_processes import INSPECTION_LIMITS, ModelProcesses, prediction_limits
from jobs.sandbox.runtime_store import RuntimeStore
from runtimes.catalog import DEFAULT_RUNTIME, Runtime
from shared.errors import FailedPrecondition, Transient
from shared.settings.settings import Settings
from tests.model_runtimes import FOLDER
from tests.unit.jobs.sandbox import models

LOCAL = {
    "GCP_PROJECT_ID": "p",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1",
}
ROWS = pa.RecordBatch.from_pydict({"age": [22.0, 54.0]})


def ask(session):
    """The answers of a session for two rows, by a new model."""
    described = session.load(models.dumped(models.regression()))
    session.prepare(described.takes)
    (predictions,) = session.predict(ROWS)
    return predictions.to_pylist()


EXPECTED = models.regression().predict(ROWS.to_pandas()).tolist()


def test_an_inspection_takes_what_a_model_may():
    assert INSPECTION_LIMITS.memory_bytes == LIMITS.memory_bytes
    assert INSPECTION_LIMITS.cpu_seconds == LIMITS.cpu_seconds
    assert INSPECTION_LIMITS.load_seconds == LIMITS.wall_seconds
    assert INSPECTION_LIMITS.batch_seconds == LIMITS.wall_seconds


def test_a_model_that_scores_takes_the_machine_and_the_seconds_of_the_deployment():
    limits = prediction_limits(
        Settings.from_environ({"GCP_PROJECT_ID": "p", "MLSYS_BATCH_SECONDS": "7"})
    )
    assert limits.batch_seconds == 7
    assert limits.memory_bytes > LIMITS.memory_bytes


def test_a_model_answers_in_a_runtime_and_in_this_environment(processes):
    with processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as session:
        assert ask(session) == EXPECTED
    with processes.open_here(INSPECTION_LIMITS) as session:
        assert ask(session) == EXPECTED


def test_models_are_asked_beside_each_other(processes):
    with (
        processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as one,
        processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as other,
    ):
        assert ask(one) == ask(other) == EXPECTED


def test_a_server_that_ended_is_replaced(processes):
    interpreter = processes.store.interpreter(DEFAULT_RUNTIME)
    with processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as session:
        os.kill(processes._servers[interpreter]._process.pid, signal.SIGKILL)
        processes._servers[interpreter]._process.wait()
        with pytest.raises(Transient, match="has ended"):
            ask(session)
    with processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as session:
        assert ask(session) == EXPECTED


def test_without_a_wall_every_session_says_so(caplog):
    settings = Settings.from_environ(
        LOCAL | {"MLSYS_RUNTIMES_FOLDER": str(FOLDER), "MLSYS_MODEL_WALL": "off"}
    )
    with (
        ModelProcesses.of(settings) as processes,
        caplog.at_level(logging.WARNING),
        processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS) as session,
    ):
        assert ask(session) == EXPECTED
    assert "MLSYS_MODEL_WALL=off: a model is loaded with all that this machine" in caplog.text


def test_a_runtime_that_is_missing_is_an_error_when_a_session_is_opened(tmp_path):
    with ModelProcesses(RuntimeStore(tmp_path)) as processes:
        processes.warm(DEFAULT_RUNTIME)
        with pytest.raises(FailedPrecondition, match="is not part of this deployment"):
            processes.open(DEFAULT_RUNTIME, INSPECTION_LIMITS)


class FakeServer:
    """A server that starts nothing."""

    started = ()

    def __init__(self, interpreter, *, is_strict):
        self.interpreter, self.is_strict = interpreter, is_strict
        self.is_running, self.is_closed, self.sessions = True, False, 0
        FakeServer.started = (*FakeServer.started, self)

    def close(self):
        self.is_closed = True


class FakeStore:
    """Finds every runtime."""

    catalog = (
        Runtime("sklearn-1.9", "3.13", {"scikit-learn": "1.9.1"}),
        Runtime("sklearn-1.5", "3.12", {"scikit-learn": "1.5.2"}),
    )

    def interpreter(self, name):
        return Path("/runtimes", name, "python")


@pytest.fixture
def servers(monkeypatch):
    """The servers that were started, in their order."""
    monkeypatch.setattr(model_processes, "ForkServer", FakeServer)
    monkeypatch.setattr(FakeServer, "started", ())
    return lambda: FakeServer.started


def test_a_runtime_has_one_server(servers):
    with ModelProcesses(FakeStore()) as processes:
        for _ in range(3):
            processes.warm("sklearn-1.9")
        assert len(servers()) == 1
        assert not servers()[0].is_closed
    assert servers()[0].is_closed


def test_of_more_runtimes_than_servers_the_one_that_is_idle_longest_is_closed(servers):
    processes = ModelProcesses(FakeStore())
    for name in ("a", "b", "c", "d"):
        processes.warm(name)
    servers()[0].sessions = 1
    processes.warm("b")
    processes.warm("e")
    assert [each.interpreter.parts[-2] for each in servers() if each.is_closed] == ["c"]


def test_a_server_that_serves_a_session_is_never_closed_for_another(servers):
    processes = ModelProcesses(FakeStore())
    for name in ("a", "b", "c", "d"):
        processes.warm(name)
        servers()[-1].sessions = 1
    processes.warm("e")
    assert not [each for each in servers() if each.is_closed]


def test_only_the_policy_strict_starts_servers_with_the_strict_loader(servers):
    ModelProcesses(FakeStore()).warm("sklearn-1.9")
    ModelProcesses(FakeStore(), is_strict=True).warm("sklearn-1.9")
    assert [each.is_strict for each in servers()] == [False, True]


def test_the_policy_strict_starts_no_server_of_a_runtime_that_it_does_not_know(servers):
    processes = ModelProcesses(FakeStore(), is_strict=True)
    processes.warm("sklearn-1.5")
    with pytest.raises(FailedPrecondition, match=r"has 1\.5 on 3\.12") as caught:
        processes.open("sklearn-1.5", INSPECTION_LIMITS)
    assert caught.value.reason == "RUNTIME_NOT_STRICT"
    assert servers() == ()


def test_this_environment_is_that_of_this_process(servers, monkeypatch):
    processes = ModelProcesses(FakeStore())
    monkeypatch.setattr(model_processes, "ModelSession", lambda server, _, **options: server)
    assert processes.open_here(INSPECTION_LIMITS).interpreter == Path(sys.executable)
