"""Sessions with honest models; tests/faults/wall has the others."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

from jobs.sandbox import answers
from jobs.sandbox.model_session import ModelFailure, ModelSession, SessionLimits

LIMITS = SessionLimits(
    memory_bytes=1 << 29, cpu_seconds=60, load_seconds=60, batch_seconds=60, slot_bytes=1 << 20
)
FRAME = pd.DataFrame({"a": np.linspace(0, 1, 50), "b": np.linspace(1, 0, 50)})
LABELS = np.where(FRAME["a"] > 0.5, "yes", "no")
CLASSIFIER = LogisticRegression().fit(FRAME, LABELS)


@pytest.fixture
def session_with(server, wall):
    """Open a session with a model that is ready to predict."""
    sessions = []

    def open_session(model, channels=2, **limits):
        session = ModelSession(server, replace(LIMITS, **limits), wall=wall, channels=channels)
        sessions.append(session)
        described = session.load(pickle.dumps(model))
        session.prepare(described.takes)
        return session

    yield open_session
    for session in sessions:
        session.close()


def batch_of(frame=FRAME):
    return pa.RecordBatch.from_pandas(frame, preserve_index=False)


def test_a_classifier_is_described_checked_and_asked(server, wall):
    with ModelSession(server, LIMITS, wall=wall) as session:
        described = session.load(pickle.dumps(CLASSIFIER))
        assert described.features == ("a", "b")
        assert described.outputs[0].classes == ("no", "yes")
        assert session.check(batch_of()).raised is None
        session.prepare(described.takes)
        assert session.has_probabilities
        labels, probabilities = session.predict(batch_of())
    assert labels.to_pylist() == list(CLASSIFIER.predict(FRAME))
    assert probabilities.to_pylist() == list(CLASSIFIER.predict_proba(FRAME)[:, 1])


def test_a_regressor_has_no_probabilities(session_with):
    model = LinearRegression().fit(FRAME, FRAME["a"])
    session = session_with(model)
    (values,) = session.predict(batch_of())
    assert not session.has_probabilities
    assert values.to_pylist() == list(model.predict(FRAME))


def test_without_a_wall_it_is_the_same(server):
    with ModelSession(server, LIMITS, wall=None) as session:
        assert session.load(pickle.dumps(CLASSIFIER)).estimator.endswith("LogisticRegression")


def test_threads_ask_at_a_time(session_with):
    session = session_with(CLASSIFIER, channels=3)
    expected = session.predict(batch_of())
    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(session.predict, [batch_of()] * 60):
            assert found == expected


def test_a_file_that_is_no_model_leaves_the_session_usable(server, wall):
    with ModelSession(server, LIMITS, wall=wall) as session:
        with pytest.raises(ModelFailure, match="cannot be loaded") as raised:
            session.load(b"no pickle")
        assert raised.value.reason == "MODEL_UNREADABLE"
        assert session.load(pickle.dumps(CLASSIFIER)).predicts


def test_rows_that_a_model_refuses_leave_the_session_usable(session_with):
    session = session_with(CLASSIFIER)
    with pytest.raises(ModelFailure) as raised:
        session.predict(batch_of(FRAME[["a"]]))
    assert raised.value.reason == "MODEL_REFUSED_ROWS"
    assert len(session.predict(batch_of())[0]) == 50


def test_a_model_of_a_package_that_is_missing_says_which(server, wall):
    with ModelSession(server, LIMITS, wall=wall) as session:
        with pytest.raises(ModelFailure, match="needs the package nowhere") as raised:
            session.load(b"cnowhere.at.all\nThing\n.")
        assert raised.value.reason == "PACKAGE_MISSING"


def test_a_model_that_prints_predicts(session_with):
    model = RandomForestClassifier(2, verbose=3, random_state=0).fit(FRAME, LABELS)
    labels, _ = session_with(model).predict(batch_of())
    assert labels.to_pylist() == list(model.predict(FRAME))


def test_a_batch_that_is_larger_than_its_slot_is_asked_in_parts(session_with):
    session = session_with(CLASSIFIER, slot_bytes=1 << 14)
    frame = pd.DataFrame(np.random.default_rng(0).random((5000, 2)), columns=["a", "b"])
    labels, probabilities = session.predict(batch_of(frame))
    assert labels.to_pylist() == list(CLASSIFIER.predict(frame))
    assert probabilities.to_pylist() == list(CLASSIFIER.predict_proba(frame)[:, 1])


def test_a_row_that_is_larger_than_a_slot_is_refused(session_with):
    session = session_with(CLASSIFIER, slot_bytes=1 << 13)
    row = pa.RecordBatch.from_pydict({"a": ["x" * 10_000], "b": [1.0]})
    with pytest.raises(ModelFailure) as raised:
        session.predict(row)
    assert raised.value.reason == "ROW_TOO_LARGE"


def test_a_row_that_is_larger_than_a_slot_is_not_checked(session_with):
    session = session_with(CLASSIFIER, slot_bytes=1 << 14)
    huge = pa.RecordBatch.from_pydict({"a": ["x" * (1 << 15)], "b": [1.0]})
    with pytest.raises(ModelFailure, match="a row is larger than a batch may be"):
        session.check(huge)
    assert session.check(batch_of()).raised is None


def test_an_answer_of_texts_that_is_too_large_is_asked_in_parts(session_with):
    # The texts of all rows are more than an answer may have, and nothing says so before.
    label = "yes" * 1000
    model = DummyClassifier().fit(FRAME, [label] * 50)
    assert len(label) * 20_000 > answers.answer_limit(20_000)
    frame = pd.DataFrame({"a": np.zeros(20_000), "b": np.zeros(20_000)})
    labels, _ = session_with(model).predict(batch_of(frame))
    assert len(labels) == 20_000
    assert set(labels.to_pylist()) == {label}


def test_a_prediction_that_is_too_large_for_one_row_is_refused(session_with):
    session = session_with(DummyClassifier().fit(FRAME[:1], ["yes" * 400_000]))
    with pytest.raises(ModelFailure) as raised:
        session.predict(batch_of(FRAME[:2]))
    assert raised.value.reason == "ANSWER_TOO_LARGE"


def test_all_parts_of_a_batch_share_its_memory(session_with):
    # Each row's answer is within the limit of a row, and the model could name any number of parts.
    session = session_with(DummyClassifier().fit(FRAME[:1], ["y" * 500_000]))
    assert len(session.predict(batch_of(FRAME))[0]) == 50
    frame = pd.DataFrame({"a": np.zeros(160), "b": np.zeros(160)})
    with pytest.raises(ModelFailure) as raised:
        session.predict(batch_of(frame))
    assert raised.value.reason == "ANSWER_TOO_LARGE"


def test_an_answer_of_many_outputs_is_asked_in_parts(session_with, monkeypatch):
    outputs = np.column_stack([FRAME["a"] > 0.5] * 20)
    model = MultiOutputClassifier(DummyClassifier(strategy="prior")).fit(FRAME, outputs)
    session = session_with(model)
    whole = session.predict(batch_of())
    assert len(whole) == 40
    monkeypatch.setattr(answers, "_LEAST_BYTES", 2000)
    monkeypatch.setattr(answers, "_BYTES_PER_ROW", 400)
    assert session.predict(batch_of()) == whole


def test_all_parts_of_a_batch_share_its_time(session_with):
    session = session_with(CLASSIFIER, batch_seconds=0.0)
    with pytest.raises(ModelFailure) as raised:
        session.predict(batch_of())
    assert raised.value.reason == "MODEL_TOO_SLOW"


def test_a_session_is_over_after_a_failure_of_its_process(session_with):
    session = session_with(CLASSIFIER, batch_seconds=0.0)
    for _ in range(3):
        with pytest.raises(ModelFailure, match="takes too long"):
            session.predict(batch_of())
    session.close()
    session.close()
    with pytest.raises(ModelFailure, match="takes too long"):
        session.check(batch_of())


def test_memory_is_reserved_for_every_channel(session_with):
    # Each scoring thread has a stack and an arena, which count whether they are used or not.
    session = session_with(CLASSIFIER, channels=16, memory_bytes=1 << 27)
    with ThreadPoolExecutor(16) as threads:
        for labels, _ in threads.map(session.predict, [batch_of()] * 64):
            assert len(labels) == 50
