"""Plain values are loaded; what names a class or a function is refused before it is looked up."""

import datetime as dt
import io
import pickle
from functools import partial

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.pickles import plain_values
from jobs.pickles.limits import Limits
from jobs.pickles.plain_values import NotPlainError, plain_value
from tests.unit.jobs.pickles.attacks import COMPRESSIONS, HONEST, attacks

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
keys = st.text() | st.integers()
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner) | st.sets(keys)
    ),
    max_leaves=20,
)


@given(values, st.sampled_from([4, 5]))
def test_plain_values_come_back_as_they_were(value, protocol):
    assert plain_value(pickle.dumps(value, protocol)) == value


@given(values)
def test_plain_values_come_back_from_joblib_too(value):
    buffer = io.BytesIO()
    joblib.dump(value, buffer, compress=3)
    assert plain_value(buffer.getvalue()) == value


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_compression_of_joblib_is_read(compression):
    content = pickle.dumps({"threshold": 0.5, "names": ["a", "ü"]})
    assert plain_value(COMPRESSIONS[compression](content)) == {
        "threshold": 0.5,
        "names": ["a", "ü"],
    }


def test_a_list_that_holds_itself_comes_back():
    value = [1]
    value.append(value)
    loaded = plain_value(pickle.dumps(value))
    assert loaded[1] is loaded


@pytest.mark.parametrize(
    "value",
    [1j, dt.date(2026, 1, 1), np.float64(1.5), np.array([1]), range(3), print, Exception("x")],
    ids=str,
)
def test_anything_else_is_no_plain_value(value):
    with pytest.raises(NotPlainError):
        plain_value(pickle.dumps(value))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        HONEST,
        pickle.dumps(1) + b"more",
        pickle.dumps([1] * 100)[:-20],
        b"\x80\x04N}X\x01\x00\x00\x00aNsb.",  # a state for None
        b"\x80\x04K\x05)R.",  # calls 5
        b"\x80\x04K\x05)\x81.",  # an object of the class 5
        b"\x80\x04(K\x05o.",  # an object of 5, as protocol 1 wrote it
        b"Pid\n.",
        b"\x80\x02\x82\x01.",
        b"\x80\x05\x97.",
        b"PK\x03\x04",
    ],
    ids=lambda content: str(content)[:30],
)
def test_a_broken_or_strange_file_is_no_plain_value(content):
    with pytest.raises(NotPlainError):
        plain_value(content)


def test_no_attack_is_a_plain_value_that_does_anything(tmp_path):
    marker = tmp_path / "marker"
    for content in attacks(marker).values():
        try:
            loaded = plain_value(content)
        except NotPlainError:
            continue
        assert isinstance(loaded, list | tuple | dict | str | bytes | int | float | type(None))
    assert not marker.exists()


def test_a_file_of_more_steps_than_a_model_takes_is_refused(monkeypatch):
    limited = partial(plain_values.Source, limits=Limits(opcodes=1_000))
    monkeypatch.setattr(plain_values, "Source", limited)
    assert plain_value(b"\x80\x04" + b"N0" * 400 + b"N.") is None
    with pytest.raises(NotPlainError):
        plain_value(b"\x80\x04" + b"N0" * 600 + b"N.")
