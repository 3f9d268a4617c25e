"""A shard is there whole or not at all."""

import gc

import pyarrow as pa
import pytest

from jobs.dataframes.arrow_types import arrow_schema
from jobs.prediction.shards import shard_contents, shards_of, write_shard
from shared.errors import MlsysError, Transient
from shared.runs.folder import RunFolder
from shared.tables.output_schema import OutputSchema
from shared.tables.table import Column

SCHEMA = OutputSchema((), (), ("n",), (), (), (Column("n", "INTEGER"),))


def batch(rows):
    return pa.RecordBatch.from_pydict({"n": list(range(rows))}, arrow_schema(SCHEMA))


@pytest.fixture
def folder(clients, request):
    return RunFolder(clients.storage.bucket(clients.settings.runs_bucket), request.node.name)


@pytest.mark.parametrize("error", [Transient("away"), KeyboardInterrupt()])
@pytest.mark.parametrize("rows", [1, 3_000_000])  # within, and beyond, a chunk of the upload
def test_a_stream_that_breaks_off_leaves_no_shard(folder, error, rows):
    def broken():
        yield batch(rows)
        raise error

    with pytest.raises((MlsysError, KeyboardInterrupt)):
        write_shard(folder, 0, SCHEMA, broken())
    gc.collect()
    assert shards_of(folder) == {}


def test_who_comes_second_leaves_the_first_shard_alone(folder):
    write_shard(folder, 0, SCHEMA, [batch(3)])
    first = shards_of(folder)["shards/00000.parquet"].generation
    write_shard(folder, 0, SCHEMA, [batch(3)])
    assert shards_of(folder)["shards/00000.parquet"].generation == first


def test_the_rows_of_shards_are_counted_by_their_footers(folder):
    for index, rows in enumerate([0, 3, 5]):
        write_shard(folder, index, SCHEMA, [batch(rows)])
    assert shard_contents(shards_of(folder).values()).rows == 8
