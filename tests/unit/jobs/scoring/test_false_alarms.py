import logging
import warnings

import pytest

from jobs.scoring.false_alarms import log_warnings


@pytest.fixture
def logged(caplog):
    """The records that warnings became."""
    log_warnings()
    with caplog.at_level(logging.WARNING), warnings.catch_warnings():
        warnings.simplefilter("always")
        yield caplog
    logging.captureWarnings(capture=False)


def test_a_library_s_warning_is_a_record(logged):
    warnings.warn("this model was trained with another version", UserWarning, stacklevel=1)
    assert "this model was trained with another version" in logged.messages[0]


def test_a_false_alarm_of_threads_is_none(logged):
    alarm = (
        "`sklearn.utils.parallel.delayed` should be used with `sklearn.utils.parallel.Parallel` "
        "to make it possible to propagate the scikit-learn configuration of the current thread"
    )
    warnings.warn(alarm, UserWarning, stacklevel=1)
    assert logged.messages == []
