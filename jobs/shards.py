"""The scored streams of a run: one Parquet object each, there whole or not at all."""

from collections.abc import Iterable
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.exceptions import PreconditionFailed

from shared.clients import google_errors
from shared.runs import RunFolder

# A multiple of 256 KiB, as resumable uploads demand; what is buffered before it is sent.
_CHUNK_BYTES = 8 * 1024 * 1024
_PREFIX = "shards/"


def shard_name(index: int) -> str:
    """Name of a stream's shard within the run's folder."""
    return f"{_PREFIX}{index:05d}.parquet"


def write_shard(
    folder: RunFolder, index: int, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
) -> int:
    """Write a stream's rows as one Parquet object; the number of rows is returned.

    The object appears when the last byte is there: a killed task leaves nothing behind. When
    another attempt was first, its object, which holds the same rows, stays.

    Raises:
        Transient: when Cloud Storage is away.
    """
    rows = 0
    blob = folder.blob(shard_name(index))
    with (
        google_errors(f"writing {folder.uri}/{shard_name(index)}"),
        suppress(PreconditionFailed),
        blob.open("wb", chunk_size=_CHUNK_BYTES, if_generation_match=0, ignore_flush=True) as sink,
        pq.ParquetWriter(sink, schema) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def shard_sizes(folder: RunFolder) -> dict[str, int]:
    """Size in bytes of each shard that is there, by its name."""
    return folder.sizes(_PREFIX)
