import os
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from mlsys import gcs_get, gcs_get_pickle, gcs_list_blobs, gcs_put, gcs_put_pickle
from shared.errors import Conflict, FailedPrecondition, NotFound


@pytest.mark.parametrize(
    ("content", "written", "kind"),
    [("größer", "größer".encode(), "text/plain"), (b"\0", b"\0", "application/octet-stream")],
)
def test_an_object_is_written_and_read(new_object, content, written, kind):
    bucket, name = new_object
    gcs_put(bucket, name, content)
    assert gcs_get(bucket, name) == written
    (blob,) = gcs_list_blobs(bucket, prefix=name)
    assert (blob.name, blob.content_type) == (name, kind)


def test_a_content_type_can_be_given(new_object):
    bucket, name = new_object
    gcs_put(bucket, name, "{}", content_type="application/json")
    assert gcs_list_blobs(bucket, prefix=name)[0].content_type == "application/json"


def test_an_object_is_written_only_over_the_generation_that_is_expected(new_object):
    bucket, name = new_object
    first = gcs_put(bucket, name, "1", if_generation_match=0)
    with pytest.raises(Conflict, match="was not written: it exists"):
        gcs_put(bucket, name, "2", if_generation_match=0)
    gcs_put(bucket, name, "3", if_generation_match=first)
    with pytest.raises(Conflict, match=f"its generation is not {first}"):
        gcs_put(bucket, name, "4", if_generation_match=first)
    assert gcs_get(bucket, name) == b"3"


def test_what_does_not_exist_is_named(new_object):
    bucket, name = new_object
    with pytest.raises(NotFound, match=f"gs://{bucket}/{name} does not exist"):
        gcs_get(bucket, name)
    with pytest.raises(NotFound, match="no-such-bucket"):
        gcs_list_blobs("no-such-bucket")


class Curious:
    """What a pickle from a stranger may do."""

    def __reduce__(self):
        return os.path.abspath, ("somebody was here",)


def test_a_model_that_was_pickled_is_got_back(new_object):
    model = LinearRegression().fit([[1.0], [2.0]], [3.0, 5.0])
    gcs_put_pickle(*new_object, model)
    rows = pd.DataFrame({"size": [3.0]})
    with gcs_get_pickle(*new_object) as got:
        assert got.predict(rows)["prediction"].tolist() == model.predict([[3.0]]).tolist()


def test_what_holds_a_model_among_other_things_is_told_apart(new_object):
    model = LinearRegression().fit([[1.0], [2.0]], [3.0, 5.0])
    gcs_put_pickle(*new_object, {"model": model, "error": np.float64(0.5)})
    with pytest.raises(FailedPrecondition, match="is not loaded: the file holds a dict around"):
        gcs_get_pickle(*new_object)


def test_a_pickle_that_does_what_no_model_does_is_loaded_by_its_owner_only(new_object):
    bucket, name = new_object
    gcs_put(bucket, name, pickle.dumps(Curious()))
    with pytest.raises(FailedPrecondition, match=rf"gs://{bucket}/{name} is not loaded: "):
        gcs_get_pickle(bucket, name)
    assert gcs_get_pickle(bucket, name, trusted=True) == os.path.abspath("somebody was here")  # noqa: PTH100


def test_what_is_no_pickle_is_refused_in_a_sentence(new_object):
    gcs_put(*new_object, b"\x80\x04not a pickle")
    with pytest.raises(FailedPrecondition, match="is not loaded: the file"):
        gcs_get_pickle(*new_object)
