import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

from mlsys import bq_dry_run, bq_get, bq_put
from shared.clients import Clients
from shared.errors import Conflict, FailedPrecondition, InvalidArgument, NotFound
from shared.settings.settings import Settings

PEOPLE = pd.DataFrame(
    {
        "id": [1, 2, 2**62 + 1],
        "age": pd.array([30, None, 2**60 + 1], dtype="Int64"),
        "name": ["Ada", "Grace", None],
        "is_late": pd.array([True, None, False], dtype="boolean"),
        "born": pd.to_datetime(["1815-12-10", "1906-12-09", None]).tz_localize("UTC"),
    }
)


def test_a_frame_that_was_put_is_got_back_exactly(new_table):
    assert bq_put(PEOPLE, new_table) == 3
    got = bq_get(f"SELECT * FROM {new_table} ORDER BY id")
    pd.testing.assert_frame_equal(got, PEOPLE)


def test_parameters_choose_rows(new_table):
    bq_put(PEOPLE, new_table)
    one = bq_get(f"SELECT name FROM {new_table} WHERE id = @id", {"id": 2})
    two = bq_get(
        f"SELECT id FROM {new_table} WHERE name IN UNNEST(@names)", {"names": ["Ada", "x"]}
    )
    assert (one["name"].tolist(), two["id"].tolist()) == (["Grace"], [1])


def test_a_frame_is_appended_or_replaces_or_needs_an_empty_table(new_table):
    bq_put(PEOPLE, new_table)
    bq_put(PEOPLE, new_table)
    assert bq_get(f"SELECT COUNT(*) AS n FROM {new_table}")["n"].item() == 6
    with pytest.raises(Conflict, match=f"writing to .*{new_table}"):
        bq_put(PEOPLE, new_table, write_disposition="WRITE_EMPTY")
    bq_put(PEOPLE[["id"]], new_table, write_disposition="WRITE_TRUNCATE")
    assert bq_get(f"SELECT * FROM {new_table}").shape == (3, 1)


def test_what_does_not_fit_an_existing_table_leaves_it_as_it_was(new_table):
    bq_put(PEOPLE, new_table)
    with pytest.raises(InvalidArgument, match=r"column age is INTEGER, .*iloc\[1\] is 'old'"):
        bq_put(PEOPLE.assign(age=[1, "old", 2]), new_table)
    with pytest.raises(InvalidArgument, match=f"{new_table} has no column weight"):
        bq_put(PEOPLE.assign(weight=1.0), new_table)
    assert bq_get(f"SELECT COUNT(*) AS n FROM {new_table}")["n"].item() == 3


def test_columns_of_the_table_decide_the_types(new_table):
    bq_put(PEOPLE, new_table)
    bq_put(pd.DataFrame({"ID": [4.0], "age": [np.nan]}), new_table)
    got = bq_get(f"SELECT id, age FROM {new_table} WHERE name IS NULL ORDER BY id LIMIT 1")
    assert got.dtypes.astype(str).tolist() == ["int64", "Int64"]
    assert got["id"].item() == 4


def test_no_rows_are_rows_too(new_table):
    assert bq_put(PEOPLE[:0], new_table) == 0
    empty = bq_get(f"SELECT * FROM {new_table}")
    assert (empty.shape, list(empty.columns)) == ((0, 5), list(PEOPLE.columns))


def test_many_rows_come_with_a_bar_only_where_somebody_looks(new_table, capfd):
    many = pd.DataFrame({"x": np.arange(200_000)})
    bq_put(many, new_table)
    got = bq_get(f"SELECT * FROM {new_table}")
    assert sorted(got["x"]) == many["x"].tolist()
    assert not capfd.readouterr().out
    bq_get(f"SELECT * FROM {new_table}", progress=True)
    assert "100%" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("query", "kind", "sentence"),
    [
        ("SELEC 1", InvalidArgument, r"BigQuery refuses the query: Syntax error.*\[1:1\]"),
        ("SELECT * FROM laboratory.nothing", NotFound, "BigQuery cannot run the query: .*nothing"),
        ("SELECT @p", InvalidArgument, "BigQuery refuses the query: .*p"),
    ],
)
def test_bigquery_s_own_words_say_what_is_wrong(notebook, query, kind, sentence):
    with pytest.raises(kind, match=sentence):
        bq_get(query)


def test_a_missing_dataset_is_named(notebook):
    with pytest.raises(NotFound, match=r"writing to mlsys-local\.no_dataset\.t"):
        bq_put(PEOPLE, "no_dataset.t")


def test_a_dry_run_reads_nothing_and_refuses_what_a_run_would(notebook, new_table):
    bq_put(PEOPLE, new_table)
    assert bq_dry_run(f"SELECT * FROM {new_table} WHERE id = @id", {"id": 1}) >= 0
    with pytest.raises(InvalidArgument, match="BigQuery refuses the query"):
        bq_dry_run("SELEC 1")


class Meter(BaseHTTPRequestHandler):
    """A BigQuery that bills: the local one does not, so it never meets a limit."""

    asked: dict[str, object] = {}  # noqa: RUF012  (one request a test)

    def do_POST(self):
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = "Query exceeded limit for bytes billed: 1000. 10485760 or higher required."
        error = {"reason": "bytesBilledLimitExceeded", "message": message}
        body = json.dumps({"error": {"code": 400, "message": message, "errors": [error]}}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


def test_a_query_over_max_bytes_is_refused_with_what_it_needs(monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Meter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", url)
        settings = {
            "GCP_PROJECT_ID": "p",
            "BIGQUERY_EMULATOR_HOST": url,
            "BIGQUERY_STORAGE_ENDPOINT": "127.0.0.1:9",
        }
        clients = Clients(Settings.from_environ(settings))
        monkeypatch.setattr("mlsys.bigquery.session", lambda: clients)
        with pytest.raises(FailedPrecondition, match=r"max_bytes is 1,000.* 10485760 or higher"):
            bq_get("SELECT * FROM big.table", max_bytes=1000)
        server.shutdown()
    assert Meter.asked["maximumBytesBilled"] == "1000"
