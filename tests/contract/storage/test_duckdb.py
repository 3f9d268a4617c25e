"""The bigquery emulator reads `gs://` through DuckDB's httpfs."""

import importlib.util
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.cloud import storage

from tests.contract.storage.servers import Server


def _extension() -> Path:
    spec = importlib.util.find_spec("duckdb_extension_httpfs")
    assert spec
    assert spec.origin
    return next(Path(spec.origin).parent.rglob("httpfs.duckdb_extension"))


@pytest.fixture
def connection(server: Server, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    settings = {"home_directory": str(tmp_path), "extension_directory": str(tmp_path / "ext")}
    with duckdb.connect(config=settings) as connection:
        connection.execute(f"INSTALL '{_extension()}'")
        connection.execute("LOAD httpfs")
        connection.execute(
            "CREATE SECRET (TYPE gcs, KEY_ID '', SECRET '', URL_STYLE 'path', USE_SSL false,"
            f" ENDPOINT '127.0.0.1:{server.port}')"
        )
        yield connection


def _parquet(start: int) -> bytes:
    target = BytesIO()
    pq.write_table(pa.table({"n": range(start, start + 1000)}), target)
    return target.getvalue()


def test_duckdb_reads_one_object_and_a_wildcard(
    connection: duckdb.DuckDBPyConnection, bucket: storage.Bucket
) -> None:
    for number in range(3):
        name = f"run/shards/part {number}.parquet"
        bucket.blob(name).upload_from_string(_parquet(number * 1000))
    bucket.blob("run/plan.json").upload_from_string("{}")

    one = f"SELECT count(*) FROM 'gs://{bucket.name}/run/shards/part 1.parquet'"
    every = f"SELECT count(*), sum(n) FROM 'gs://{bucket.name}/run/shards/*.parquet'"

    assert connection.execute(one).fetchone() == (1000,)
    assert connection.execute(every).fetchone() == (3000, sum(range(3000)))


def test_the_list_goes_on_behind_its_first_page(
    connection: duckdb.DuckDBPyConnection, client: storage.Client, bucket: storage.Bucket
) -> None:
    row = bucket.blob("rows/0000.csv")
    row.upload_from_string("1\n")
    for start in range(1, 1100, 550):
        with client.batch():
            for number in range(start, start + 550):
                bucket.copy_blob(row, bucket, f"rows/{number:04}.csv")

    found = connection.execute(f"SELECT count(*) FROM glob('gs://{bucket.name}/rows/*.csv')")

    assert found.fetchone() == (1101,)
