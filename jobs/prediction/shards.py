"""The scored streams of a run: one Parquet object each, there whole or not at all."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.exceptions import PreconditionFailed, from_http_response
from google.cloud import storage  # type: ignore[attr-defined]  # a namespace

from jobs.dataframes.arrow_types import arrow_schema
from jobs.drift.input_profile import InputProfile
from shared.clients import google_errors
from shared.runs.folder import RunFolder
from shared.tables.output_schema import OutputSchema

# A multiple of 256 KiB, as resumable uploads demand; what is buffered before it is sent.
_CHUNK_BYTES = 8 * 1024 * 1024
# A footer is a few kilobytes: one request reads it whole.
_FOOTER_BYTES = 64 * 1024
_FOOTER_READERS = 16
_PREFIX = "shards/"


def shard_name(index: int) -> str:
    """Name of a stream's shard within the run's folder."""
    return f"{_PREFIX}{index:05d}.parquet"


def write_shard(
    folder: RunFolder, index: int, schema: OutputSchema, batches: Iterable[pa.RecordBatch]
) -> None:
    """Write a stream's rows as one Parquet object.

    The object appears when the last byte is there: a killed task leaves nothing behind. When
    another attempt was first, its object, which holds the same rows, stays.

    Raises:
        Transient: when Cloud Storage is away.
    """
    with (
        google_errors(f"writing {folder.uri}/{shard_name(index)}"),
        suppress(PreconditionFailed),
        _api_errors(),
        _WholeUpload(folder.blob(shard_name(index))) as sink,
    ):
        write_parquet(sink, schema, batches)
        sink.is_whole = True


def write_parquet(sink: IO[bytes], schema: OutputSchema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write output rows as Parquet, and in the footer the profile of the rows they were made of.

    A load job reads no statistics, and a dictionary pays only where values repeat: without the
    rest, writing takes less than half of its time.
    """
    with pq.ParquetWriter(
        sink, arrow_schema(schema), use_dictionary=schema.repetitive, write_statistics=False
    ) as writer:
        profile: InputProfile | None = None
        for batch in batches:
            writer.write_batch(batch)
            part = InputProfile.from_schema_metadata(batch.schema.metadata)
            profile = profile + part if profile and part else part
        if profile:
            writer.add_key_value_metadata(profile.schema_metadata)


@contextmanager
def _api_errors() -> Iterator[None]:
    # Other than every other call, the library's writer lets its transport's own error out.
    try:
        yield
    except storage.exceptions.InvalidResponse as error:
        raise from_http_response(error.response) from error


class _WholeUpload(storage.fileio.BlobWriter):  # type: ignore[misc]  # it ships no types
    """An upload that is finished only when it is whole.

    The library's own writer finishes whatever it has when it is closed, even when that happens
    because it is forgotten: half a shard, with a footer that makes it look like a whole one. An
    upload that is not finished is invisible, and Cloud Storage forgets it after a week.
    """

    def __init__(self, blob: storage.Blob):
        self.is_whole = False
        super().__init__(blob, chunk_size=_CHUNK_BYTES, if_generation_match=0, ignore_flush=True)

    def close(self) -> None:
        """Finish the upload when it is whole, else let it lie."""
        if self.is_whole:
            self.is_whole = False  # once: what is forgotten is closed again
            super().close()

    def terminate(self) -> None:
        """Let the upload lie, without a word to a service that may be away."""


def shards_of(folder: RunFolder) -> dict[str, storage.Blob]:
    """The shards that are there, by name, in the order of their streams."""
    return folder.blobs(_PREFIX)


@dataclass(frozen=True, slots=True)
class Contents:
    """What shards hold together, by their own footers.

    Attributes:
        profile: None unless every shard with rows tells its own.
    """

    rows: int
    profile: InputProfile | None


def shard_contents(shards: Iterable[storage.Blob]) -> Contents:
    """What these shards hold together.

    Raises:
        Transient: when Cloud Storage is away.
    """
    with ThreadPoolExecutor(_FOOTER_READERS) as pool:
        parts = [each for each in pool.map(_contents, shards) if each.rows]
    profiles = [each.profile for each in parts if each.profile]
    whole = reduce(add, profiles) if parts and len(profiles) == len(parts) else None
    return Contents(sum(each.rows for each in parts), whole)


def _contents(shard: storage.Blob) -> Contents:
    with (
        google_errors(f"reading {shard.name}"),
        shard.open("rb", chunk_size=_FOOTER_BYTES) as file,
    ):
        footer = pq.read_metadata(file)
    return Contents(int(footer.num_rows), InputProfile.from_schema_metadata(footer.metadata))
