import io

import joblib
import pytest

from jobs.loading import load_estimator
from shared.errors import FailedPrecondition


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x05."])
def test_bytes_that_are_no_model_are_refused(content):
    with pytest.raises(FailedPrecondition, match=r"model\.pkl cannot be loaded"):
        load_estimator(content)


def test_a_pickle_of_something_else_is_refused():
    buffer = io.BytesIO()
    joblib.dump({"a": 1}, buffer)
    with pytest.raises(FailedPrecondition, match="a dict, which has no predict"):
        load_estimator(buffer.getvalue())
