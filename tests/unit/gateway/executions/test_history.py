from dataclasses import asdict
from types import SimpleNamespace

import pytest

from gateway.executions.history import History
from shared.errors import DataLoss
from tests.run_documents import run_record


def history(*rows):
    """A history whose every query has these rows."""
    client = SimpleNamespace(project="p", query_and_wait=lambda _sql, job_config: list(rows))
    return History(client, "mlsys_dev")


def test_a_row_is_the_record_of_its_run():
    row = asdict(run_record()) | {"column_of_a_newer_release": 1}
    assert history(row).run_of("mlsys-predict-dev-abcde", "run-1") == run_record()


def test_a_null_is_what_was_not_recorded():
    row = asdict(run_record(caller=None, drift=None)) | {"execution_id": None}
    (found,) = history(row).runs_of_model("titanic", "v1")
    assert (found.execution_id, found.caller, found.drift) == ("", None, None)


def test_a_table_of_an_older_release_has_fewer_columns():
    older = {name: each for name, each in asdict(run_record()).items() if name != "input_profile"}
    assert history(older).run_of("x", "run-1") == run_record(input_profile=None)


def test_a_run_that_committed_nothing_has_no_record():
    assert history().run_of("x", "run-1") is None


def test_a_row_that_cannot_be_read_names_its_table():
    with pytest.raises(DataLoss, match=r"a row of p\.mlsys_dev\.prediction_runs") as caught:
        history(asdict(run_record()) | {"rows": "many"}).run_of("x", "run-1")
    assert "bring the table to the columns" in caught.value.message
